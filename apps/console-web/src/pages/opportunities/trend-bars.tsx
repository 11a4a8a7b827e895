import type { MappedCluster } from '@ratchet/console-api';

const [WIDTH, HEIGHT] = [34, 20];
const BAR = 14;

/** The week before and the last week as two bars; the words beside say it to those who do not see them. */
export const TrendBars = ({ trend }: Pick<MappedCluster, 'trend'>) => {
  if (!trend) return null;
  const heightOf = (count: number): number => Math.max(1, (HEIGHT * count) / Math.max(1, trend.lastWeek, trend.weekBefore));
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true" style={{ verticalAlign: 'text-bottom', marginInlineEnd: 6 }}>
      <rect x={0} y={HEIGHT - heightOf(trend.weekBefore)} width={BAR} height={heightOf(trend.weekBefore)} fill="none" stroke="var(--mantine-color-text)" />
      <rect x={WIDTH - BAR - 2} y={HEIGHT - heightOf(trend.lastWeek)} width={BAR} height={heightOf(trend.lastWeek)} fill="var(--mantine-color-text)" />
    </svg>
  );
};
