import { describe, expect, it } from '@jest/globals';
import { bucketOfValue, bucketUpperBound, type RolloutTerms } from '@ratchet/domain';
import { decideStage } from '@ratchet/stats';
import { type CountRow, seriesOf, thinned } from './series.js';

const terms: RolloutTerms = {
  shares: [0.01, 0.5, 0.95], minSamples: [50, 50, 50], minStayMs: [0, 0, 0], maxStageMs: 1e9, approvalStages: [], margin: 0.05, alpha: 0.05, tau: 0.05, minTestSample: 50, productionBaselineBelowShare: 0.05,
};

const row = (parts: Partial<CountRow>): CountRow => ({
  arm: 'candidate', version: 'v2', stage: 2, atMs: 0, units: 0, failed: 0, requests: 0, errors: 0, unsafe: 0, latency: {}, costSum: 0, costCount: 0, ...parts,
});
const candidate = (atMs: number, units: number, failed: number, parts: Partial<CountRow> = {}): CountRow => row({ atMs, units, failed, ...parts });
const champion = (atMs: number, units: number, failed: number, parts: Partial<CountRow> = {}): CountRow => row({ arm: 'control', version: 'v1', atMs, units, failed, ...parts });
const run = (rows: CountRow[], of: RolloutTerms | null = terms) => seriesOf({ rows, candidate: 'v2', champion: 'v1', terms: of, alpha: 0.05, bucketSeconds: 5 });

describe('a series', () => {
  it('adds counts up within a stage, and draws the rollback line at the champion less the margin', () => {
    const { points } = run([candidate(0, 100, 20), champion(0, 100, 10), candidate(5_000, 100, 40), champion(5_000, 100, 10)]);
    expect(points).toHaveLength(2);
    expect(points[1]).toMatchObject({ at: '1970-01-01T00:00:10.000Z', stage: 2, candidate: { units: 200, failed: 60, rate: 0.7 }, champion: { units: 200, failed: 20, rate: 0.9 } });
    expect(points[1]?.rollbackLine).toBeCloseTo(0.855, 10);
  });

  it('gives the bounds that the stage test of the controller has on the same counts', () => {
    const { points } = run([candidate(0, 200, 60), champion(0, 200, 20)]);
    const { lower, upper } = decideStage({ xc: 140, nc: 200, xb: 180, nb: 200, margin: 0.05, alpha: 0.05, tau: 0.05, minN: 50 });
    expect(points[0]?.contrast).toEqual({ value: expect.closeTo(0.7 - 0.95 * 0.9, 10), lower, upper });
  });

  it('narrows its bands as counts grow, keeps the rate inside them, and them inside 0 to 1', () => {
    const width = (units: number): number => {
      const { lower, upper, rate } = run([candidate(0, units, units / 10)]).points[0]?.candidate ?? { lower: null, upper: null, rate: null };
      expect((lower ?? -1) >= 0 && (lower ?? 2) <= (rate ?? -1) && (rate ?? 2) <= (upper ?? -1) && (upper ?? 2) <= 1).toBe(true);
      return (upper ?? 0) - (lower ?? 0);
    };
    expect(width(4_000)).toBeLessThan(width(100));
  });

  it('has a band where all outcomes agree', () => {
    const { lower, upper } = run([candidate(0, 20, 0)]).points[0]?.candidate ?? {};
    expect(upper).toBe(1);
    expect(lower).toBeLessThan(1);
  });

  it('begins anew with each stage, and leaves out what settles late of an earlier one', () => {
    const { points } = run([candidate(0, 100, 0), candidate(5_000, 10, 5, { stage: 3 }), candidate(10_000, 70, 70), candidate(15_000, 10, 0, { stage: 3 })]);
    expect(points.map(({ stage, candidate: arm }) => [stage, arm.units, arm.failed])).toEqual([[2, 100, 0], [3, 10, 5], [3, 20, 5]]);
  });

  it('compares a small stage with all traffic of the champion, and a larger one with the control arm alone', () => {
    const rest = (stage: number): CountRow => row({ arm: 'rest', version: 'v1', units: 900, stage });
    expect(run([champion(0, 100, 0, { stage: 1 }), rest(1)]).points[0]?.champion.units).toBe(1_000);
    expect(run([champion(0, 100, 0), rest(2)]).points[0]?.champion.units).toBe(100);
  });

  it('counts no version that an arm does not serve', () => {
    expect(run([candidate(0, 10, 0, { version: 'v9' }), row({ arm: 'rest', version: 'v2', units: 5, stage: 1 })]).points).toEqual([]);
  });

  it('tells latency and cost where there are any', () => {
    const bucket = bucketOfValue(100);
    const { points } = run([candidate(0, 1, 0, { latency: { [bucket]: 99, [bucket + 40]: 1 }, costSum: 3, costCount: 2 })]);
    expect(points[0]?.candidate).toMatchObject({ latencyP95Ms: bucketUpperBound(bucket), costUsd: 1.5 });
    expect(points[0]?.champion).toMatchObject({ latencyP95Ms: null, costUsd: null, rate: null });
  });

  it('has bands, but no line, where nothing is known of the terms', () => {
    const { points, method } = run([candidate(0, 100, 10), champion(0, 100, 10)], null);
    expect(points[0]).toMatchObject({ rollbackLine: null, contrast: null, candidate: { lower: expect.any(Number) } });
    expect(method).toContain('asymptotic');
  });
});

describe('thinning', () => {
  it('keeps at most about so many points, the last one, and the last of each stage', () => {
    const points = Array.from({ length: 1_000 }, (_, i) => ({ i, stage: i < 333 ? 1 : 2 }));
    const kept = thinned(points, 100);
    expect(kept.length).toBeLessThanOrEqual(102);
    expect(kept.at(-1)?.i).toBe(999);
    expect(kept.some(({ i }) => i === 332)).toBe(true);
  });
});
