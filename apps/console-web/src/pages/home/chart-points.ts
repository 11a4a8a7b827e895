import type { FailureRates } from '@ratchet/console-api';

/** A row of the chart: its moment in epoch milliseconds, and by version the failure rate in percent. */
export type ChartPoint = { readonly at: number } & Readonly<Record<string, number>>;

/** One row for each moment that any version has a rate for; names of versions are prefixed, so that none is taken for the moment. */
export const chartPointsOf = ({ versions }: FailureRates): ChartPoint[] => {
  const rows = new Map<number, Record<string, number>>();
  for (const { version, points } of versions) {
    for (const { at, rate } of points) {
      const moment = Date.parse(at);
      rows.set(moment, { ...rows.get(moment), [seriesOf(version)]: Math.round(rate * 10_000) / 100 });
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([at, rates]) => ({ ...rates, at }));
};

export const seriesOf = (version: string): string => `version ${version}`;

/** The charts' points are this wide, so a mark belongs to the one that it falls in. */
export const bucketOf = (at: string, bucketSeconds: number): number => Math.floor(Date.parse(at) / (bucketSeconds * 1_000)) * bucketSeconds * 1_000;

/** What the axis of time shows, in epoch milliseconds: the range asked for, but not the part of it before anything was counted. */
export const timesShown = ({ from, to, versions, bucketSeconds }: FailureRates): [number, number] => {
  const first = Math.min(...versions.flatMap(({ points }) => points.slice(0, 1).map(({ at }) => Date.parse(at))));
  return [Math.max(Date.parse(from), Number.isFinite(first) ? first - bucketSeconds * 1_000 : 0), Date.parse(to)];
};

/** On which side of its line a mark has room for its words. */
export const sideOf = (at: number, [from, to]: readonly [number, number]): 'left' | 'right' => (at - from > (to - from) / 2 ? 'left' : 'right');

/**
 * For each mark the row, from below, in which its words stand beside those of its neighbours without lying over them: the lowest that is free.
 * A width is a share of the axis.
 */
export const rowsOf = (marks: readonly { readonly at: number; readonly width: number }[], times: readonly [number, number]): number[] => {
  const span = Math.max(1, times[1] - times[0]);
  const rows: [from: number, to: number][][] = [];
  return marks.map(({ at, width }) => {
    const x = (at - times[0]) / span;
    const [from, to] = sideOf(at, times) === 'left' ? [x - width, x] : [x, x + width];
    const free = rows.findIndex((taken) => taken.every(([begin, end]) => to <= begin || from >= end));
    const row = free < 0 ? rows.push([]) - 1 : free;
    rows[row]?.push([from, to]);
    return row;
  });
};
