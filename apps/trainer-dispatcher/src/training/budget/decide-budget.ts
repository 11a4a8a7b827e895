import type { TrainingSpent } from '../../persistence/run.repository.js';

/** Of a target and calendar month (UTC); null sets no limit. */
export interface TrainingLimits {
  readonly hours: number | null;
  readonly usd: number | null;
}

const HOUR_SECONDS = 3_600;

const hours = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} h`;

/** Why no run may begin, or go on, in words for people; undefined where one may. */
export const budgetStop = ({ seconds, usd }: Pick<TrainingSpent, 'seconds' | 'usd'>, limits: TrainingLimits): string | undefined => {
  const spentHours = seconds / HOUR_SECONDS;
  if (limits.hours !== null && spentHours >= limits.hours) return `the month's training hours are used up: ${hours(spentHours)} of ${hours(limits.hours)}; training goes on next month, or when TRAINING_HOURS_PER_MONTH is raised`;
  if (limits.usd !== null && usd >= limits.usd) return `the month's training budget is used up: $${usd.toFixed(2)} of $${limits.usd.toFixed(2)}; training goes on next month, or when TRAINING_USD_PER_MONTH is raised`;
  return undefined;
};
