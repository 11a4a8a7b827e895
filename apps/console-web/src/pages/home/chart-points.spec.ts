import { describe, expect, it } from '@jest/globals';
import type { FailureRates } from '@ratchet/console-api';
import { bucketOf, chartPointsOf, rowsOf, sideOf, timesShown } from './chart-points';

const point = (at: string, rate: number): FailureRates['versions'][number]['points'][number] => ({ at, outcomes: 100, failures: rate * 100, rate, lower: 0, upper: 1 });
const rates: FailureRates = {
  from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z', bucketSeconds: 60, marks: [],
  versions: [{ version: 'at', points: [point('2026-01-01T00:02:00.000Z', 0.2), point('2026-01-01T00:01:00.000Z', 0.12345)] }, { version: 'v2', points: [point('2026-01-01T00:02:00.000Z', 0.1)] }],
};

describe('points of the chart of failure rates', () => {
  it('are rows in the order of time, with the rates of those versions that have one', () => {
    expect(chartPointsOf(rates)).toEqual([
      { at: Date.parse('2026-01-01T00:01:00Z'), 'version at': 12.35 },
      { at: Date.parse('2026-01-01T00:02:00Z'), 'version at': 20, 'version v2': 10 },
    ]);
  });

  it('begin where something was counted', () => {
    const ordered = { ...rates, versions: [{ version: 'v2', points: [point('2026-01-01T00:02:00.000Z', 0.1)] }] };
    expect(timesShown(ordered)).toEqual([Date.parse('2026-01-01T00:01:00Z'), Date.parse(rates.to)]);
    expect(timesShown({ ...rates, versions: [] })).toEqual([Date.parse(rates.from), Date.parse(rates.to)]);
  });

  it('hold the marks that fall in them', () => {
    expect(bucketOf('2026-01-01T00:02:59.999Z', 60)).toBe(Date.parse('2026-01-01T00:02:00Z'));
  });

  it('say their marks towards the middle, so that no word leaves the chart', () => {
    expect([sideOf(10, [0, 100]), sideOf(90, [0, 100])]).toEqual(['right', 'left']);
  });

  it('say them one above the other where they are close, and below again where there is room', () => {
    const at = (...moments: number[]) => rowsOf(moments.map((moment) => ({ at: moment, width: 0.1 })), [0, 100]);
    expect(at(10, 10, 15, 20, 40)).toEqual([0, 1, 2, 0, 0]);
    // Those left of their lines meet those right of theirs in the middle.
    expect(at(45, 58)).toEqual([0, 1]);
    expect(at(40, 70)).toEqual([0, 0]);
    expect(rowsOf([], [0, 0])).toEqual([]);
  });
});
