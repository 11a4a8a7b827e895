import { describe, expect, it } from '@jest/globals';
import { bucketOfValue, histogramOf } from '@ratchet/domain';
import { seededRandom } from '@ratchet/stats';
import { addQuality, type ArmTally, comparisonOf, emptyTally, type StageTally } from './evidence.js';
import { largestSquares } from './histogram-squares.js';
import { costMean, qualityMean } from './mean-contrast.js';
import { checkMeans, meanGuardsOf, strataOf } from './mean-guards.js';
import { arm, costs, quickPolicy, scores, tally } from './rollout-driver.fixture.js';
import type { RolloutPolicy } from './rollout-policy.js';

interface Look {
  readonly metric?: string;
  readonly side?: 'harm' | 'proof';
  readonly policy?: Partial<RolloutPolicy>;
}

const look = (stages: readonly StageTally[], { metric = 'quality_relevance', side = 'harm', policy = {} }: Look = {}) => {
  const whole = quickPolicy(policy);
  const guard = meanGuardsOf(whole).find((one) => one.metric === metric)!;
  return checkMeans(guard, strataOf(guard, stages.map((stage) => comparisonOf(stage, whole))), { alpha: 0.05, side })[0];
};

const judged = (candidate: number, baseline: number, n = 300, stage = 1): StageTally => tally(stage, arm(n, 0, { quality: { relevance: scores(n, candidate) } }), arm(n, 0, { quality: { relevance: scores(n, baseline) } }));
const charged = (candidate: number, baseline: number, n = 400): StageTally => tally(1, arm(n, 0, costs(n, candidate)), arm(n, 0, costs(n, baseline)));

describe('the quality guard', () => {
  it.each([
    [0.6, 300, 'harm'],
    [0.8, 60, 'open'],
    [0.79, 300, 'open'],
    [0.8, 1500, 'proven'],
    [0.9, 300, 'proven'],
  ])('with a mean of %f of %i conversations against 0.8 says %s', (mean, n, verdict) => {
    expect(look([judged(mean, 0.8, n)])?.verdict).toBe(verdict);
  });

  it('is absent where nobody scores, and where there is nothing to lose', () => {
    expect(look([tally(1, arm(500), arm(500))])).toBeUndefined();
    expect(look([judged(0.5, 0)])).toBeUndefined();
  });

  it('is no part of the proof below its minimum, unless the policy requires it', () => {
    const few = [judged(0.8, 0.8, 99)];
    expect(look(few, { side: 'proof' })).toBeUndefined();
    const required = { side: 'proof' as const, policy: { quality: { ...quickPolicy().quality, proof: 'required' as const } } };
    expect(look(few, required)?.message).toBe('quality_relevance needs 100 scored conversations in each arm, has 99 and 99');
    expect(look([], required)?.verdict).toBe('open');
    expect(look([judged(0.8, 0.8, 1500)], { side: 'proof', policy: { quality: { ...quickPolicy().quality, proof: 'none' } } })).toBeUndefined();
  });

  it('judges what rules and what judges say apart', () => {
    const both = tally(1, arm(300, 0, { quality: { relevance: scores(300, 0.9), relevance_judged: scores(300, 0.5) } }), arm(300, 0, { quality: { relevance: scores(300, 0.8), relevance_judged: scores(300, 0.8) } }));
    expect(look([both])?.verdict).toBe('proven');
    expect(look([both], { metric: 'quality_relevance_judged' })?.verdict).toBe('harm');
  });

  it('compares within stages: a baseline that drifts while the split changes is no difference', () => {
    const stage = (number: number, mean: number, [nc, nb]: readonly [number, number]) => tally(number, arm(nc, 0, { quality: { relevance: scores(nc, mean) } }), arm(nb, 0, { quality: { relevance: scores(nb, mean) } }));
    const check = look([stage(1, 0.9, [100, 2000]), stage(2, 0.5, [1000, 1000])]);
    // Pooled, the candidate has 0.54 and the baseline 0.77.
    expect(check?.verdict).toBe('proven');
  });

  it('is not convinced by scores that all agree', () => {
    const same = (n: number) => ({ units: n, sumY: n, sumN: n, sumYY: n, sumYN: n, sumNN: n });
    const all = (n: number) => look([tally(1, arm(n, 0, { quality: { relevance: same(n) } }), arm(n, 0, { quality: { relevance: same(n) } }))])?.verdict;
    expect([100, 1000].map(all)).toEqual(['open', 'proven']);
  });

  it('weighs scores by the inverse of the chance to be taken, conversation by conversation', () => {
    // Two conversations: one scored surely with 0 and 1, one scored 0.5 with a chance of a tenth.
    const sums = [{ y: 1, n: 2 }, { y: 5, n: 10 }].map(({ y, n }) => ({ units: 1, sumY: y, sumN: n, sumYY: y * y, sumYN: y * n, sumNN: n * n }));
    const both = addQuality({ relevance: sums[0]! }, { relevance: sums[1]! })['relevance'];
    expect(qualityMean(both, 0.05)).toMatchObject({ mean: 0.5, n: 144 / 104 });
  });
});

describe('the cost guard', () => {
  const ask = { metric: 'cost_usd' };

  it.each([
    [0.02, 'harm'],
    [0.0122, 'open'],
    [0.01, 'proven'],
    [0.005, 'proven'],
  ])('with %f dollars a request against 0.01 says %s', (mean, verdict) => {
    expect(look([charged(mean, 0.01)], ask)?.verdict).toBe(verdict);
  });

  it('is absent where an arm does not say what it costs, and where it costs nothing', () => {
    expect(look([tally(1, arm(500, 0, costs(500, 0.02)), arm(500))], { ...ask, side: 'proof' })).toBeUndefined();
    expect(look([tally(1, arm(500, 0, costs(500, 0.02)), arm(500))], ask)?.verdict).toBe('open');
    expect(look([charged(0, 0)], ask)).toBeUndefined();
  });

  it('counts a conversation of many requests once', () => {
    const { variance, n } = costMean({ ...emptyTally(), ...costs(400, 0.01), unitRequests: 400, unitRequestsSquared: 4000 });
    expect(n).toBe(40);
    expect(variance).toBeCloseTo((0.25 * 1e-4) / 40, 12);
  });

  it('takes no change for harm hardly ever, however skewed the costs and however often it is looked at', () => {
    const random = seededRandom(3);
    const draw = (): number => 0.01 * Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) - 0.5);
    const add = (to: ArmTally): ArmTally => {
      const cost = draw();
      return { ...to, costCount: to.costCount + 1, costSum: to.costSum + cost, costSquares: to.costSquares + cost * cost, unitRequests: to.unitRequests + 1, unitRequestsSquared: to.unitRequestsSquared + 1 };
    };
    let harms = 0;
    for (let run = 0; run < 60; run += 1) {
      let [candidate, control] = [emptyTally(), emptyTally()];
      for (let n = 1; n <= 600; n += 1) {
        [candidate, control] = [add(candidate), add(control)];
        if (n % 20 !== 0 || look([tally(1, candidate, control)], { ...ask, policy: { thresholdZero: ['cost'] } })?.verdict !== 'harm') continue;
        harms += 1;
        break;
      }
    }
    expect(harms).toBeLessThanOrEqual(6);
  });
});

describe('largestSquares', () => {
  const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

  it('is never below the true sum, and little above it', () => {
    const values = Array.from({ length: 500 }, (_, i) => 0.002 * 1.013 ** i);
    const bound = largestSquares(histogramOf(values));
    expect(bound).toBeGreaterThanOrEqual(squares(values));
    expect(bound / squares(values)).toBeLessThan(1.1);
  });

  it('knows one value exactly, and bounds those of the lowest bucket by its end', () => {
    expect(largestSquares(histogramOf([0.0004]))).toBeCloseTo(1.6e-7, 15);
    expect(bucketOfValue(0.0004)).toBe(0);
    expect(largestSquares(histogramOf([0.0004, 0.0002]))).toBeCloseTo(6e-7, 15);
    expect(largestSquares(histogramOf([]))).toBe(0);
  });
});
