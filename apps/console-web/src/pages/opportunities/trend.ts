import type { OpportunitySummary } from '@ratchet/console-api';

/** The last week against the one before, in words. */
export const trendInWords = (trend: OpportunitySummary['trend']): string => {
  if (!trend) return '–';
  const { lastWeek, weekBefore } = trend;
  const change = weekBefore === 0 ? '' : ` (${lastWeek >= weekBefore ? '+' : '−'}${Math.abs(Math.round((100 * (lastWeek - weekBefore)) / weekBefore))} %)`;
  const arrow = lastWeek > weekBefore ? '▲' : lastWeek < weekBefore ? '▼' : '=';
  return `${arrow} ${lastWeek} after ${weekBefore}${change}`;
};
