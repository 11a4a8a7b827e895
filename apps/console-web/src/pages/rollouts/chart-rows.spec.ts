import { describe, expect, it } from '@jest/globals';
import type { SeriesPoint } from '@ratchet/console-api';
import { chartRows, lowestOf, stageStarts, tablePoints } from './chart-rows';

const arm = { units: 10, failed: 1, requests: 10, errors: 0, unsafe: 0, rate: 0.9, lower: 0.72, upper: 1, latencyP95Ms: null, costUsd: null };
const point = (minute: number, stage: number, rate = 0.9): SeriesPoint => ({ at: new Date(minute * 60_000).toISOString(), stage, candidate: { ...arm, rate }, champion: arm, rollbackLine: 0.855, contrast: { value: 0.04, lower: null, upper: null } });

describe('rows of a chart', () => {
  it('break the lines between two stages', () => {
    const rows = chartRows({ points: [point(1, 1), point(2, 1), point(3, 2)] });
    expect(rows.map(({ candidate }) => candidate)).toEqual([0.9, 0.9, null, 0.9]);
    expect(rows[2]?.at).toBe(150_000);
    expect(rows[0]).toMatchObject({ candidateBand: [0.72, 1], contrast: 0.04, contrastBand: null });
  });

  it('know where stages begin', () => {
    expect(stageStarts({ points: [point(1, 1), point(2, 1), point(3, 2)] })).toEqual([{ stage: 1, at: 60_000 }, { stage: 2, at: 180_000 }]);
  });

  it('have an axis that holds every line', () => {
    expect(lowestOf(chartRows({ points: [point(1, 1), point(2, 1, 0.31)] }))).toBeCloseTo(0.3, 10);
    expect(lowestOf([])).toBe(0);
  });
});

describe('the table of a chart', () => {
  it('has a dozen rows of a long series, with the last one', () => {
    const points = Array.from({ length: 160 }, (_, i) => point(i, 1));
    const shown = tablePoints({ points });
    expect(shown.length).toBeLessThanOrEqual(12);
    expect(shown.at(-1)).toBe(points.at(-1));
  });
});
