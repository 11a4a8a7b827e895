import type { Series, SeriesPoint } from '@ratchet/console-api';

/** A point as the charts draw it; null breaks a line. */
export interface ChartRow {
  readonly at: number;
  readonly stage: number | null;
  readonly candidate: number | null;
  readonly candidateBand: readonly [number, number] | null;
  readonly champion: number | null;
  readonly championBand: readonly [number, number] | null;
  readonly rollbackLine: number | null;
  readonly contrast: number | null;
  readonly contrastBand: readonly [number, number] | null;
}

const band = ({ lower, upper }: { readonly lower: number | null; readonly upper: number | null }): readonly [number, number] | null => (lower === null || upper === null ? null : [lower, upper]);

const rowOf = ({ at, stage, candidate, champion, rollbackLine, contrast }: SeriesPoint): ChartRow => ({
  at: Date.parse(at),
  stage,
  candidate: candidate.rate,
  candidateBand: band(candidate),
  champion: champion.rate,
  championBand: band(champion),
  rollbackLine,
  contrast: contrast?.value ?? null,
  contrastBand: contrast && band(contrast),
});

const gap = (at: number): ChartRow => ({ at, stage: null, candidate: null, candidateBand: null, champion: null, championBand: null, rollbackLine: null, contrast: null, contrastBand: null });

/** Rows of a chart: counts begin anew with each stage, so that a line must not join two of them. */
export const chartRows = ({ points }: Pick<Series, 'points'>): ChartRow[] =>
  points.flatMap((point, i) => {
    const before = points[i - 1];
    const row = rowOf(point);
    return before && before.stage !== point.stage ? [gap((Date.parse(before.at) + row.at) / 2), row] : [row];
  });

/** Where each stage began, as far as counts tell. */
export const stageStarts = ({ points }: Pick<Series, 'points'>): { readonly stage: number; readonly at: number }[] =>
  points.filter((point, i) => points[i - 1]?.stage !== point.stage).map(({ stage, at }) => ({ stage, at: Date.parse(at) }));

const SHOWN_ROWS_MAX = 12;

/** So many points as a table that stands for the chart, evenly, with the last one. */
export const tablePoints = ({ points }: Pick<Series, 'points'>): SeriesPoint[] => {
  const every = Math.max(1, Math.ceil(points.length / SHOWN_ROWS_MAX));
  return points.filter((_, i) => (points.length - 1 - i) % every === 0);
};

const numbers = (values: readonly (number | null | undefined)[]): number[] => values.filter((value) => typeof value === 'number').sort((a, b) => a - b);

/** The lower end of the axis of rates, in whole tens of percent: all lines are inside, and most of the bands, which fill the whole axis while next to nothing is counted. */
export const lowestOf = (rows: readonly ChartRow[]): number => {
  const lines = numbers(rows.flatMap(({ candidate, champion, rollbackLine }) => [candidate, champion, rollbackLine]));
  const bands = numbers(rows.flatMap(({ candidateBand, championBand }) => [candidateBand?.[0], championBand?.[0]]));
  const lowest = Math.min(lines[0] ?? 1, bands[Math.floor(bands.length / 4)] ?? 1);
  return lines.length === 0 ? 0 : Math.max(0, Math.floor(lowest * 10) / 10);
};
