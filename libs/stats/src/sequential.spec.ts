import { describe, expect, test } from '@jest/globals';

import { asymptoticConfidenceSequence } from './confidence-sequence.js';
import { normalQuantile } from './distributions.js';
import { bernoulliEProcess } from './e-process.js';
import { groupSequentialBounds, spentAlpha } from './group-sequential.js';
import { mixtureSprt } from './msprt.js';
import { sampleRatioBayesFactor, sampleRatioChiSquare } from './sample-ratio.js';
import { seededRandom } from './seeded-random.js';
import { decideStage } from './stage-decision.js';

describe('group sequential boundaries', () => {
  test('a single look is the fixed-sample test', () => {
    const plan = { informationFractions: [1], alpha: 0.05, spending: 'pocock', sides: 2 } as const;
    expect(groupSequentialBounds(plan)[0]).toBeCloseTo(normalQuantile(0.975), 6);
  });

  test.each(['obf', 'pocock', 'power2'] as const)('%s spends everything by the end', (spending) => {
    expect(spentAlpha(spending, { t: 1, alpha: 0.025 })).toBeCloseTo(0.025, 12);
  });

  test.each([
    ['obf', [4.877, 3.357, 2.68, 2.29, 2.031]],
    ['pocock', [2.438, 2.427, 2.41, 2.397, 2.386]],
  ] as const)('%s agrees with the published two-sided bounds for five looks', (spending, published) => {
    const bounds = groupSequentialBounds({ informationFractions: [0.2, 0.4, 0.6, 0.8, 1], alpha: 0.05, spending, sides: 2 });
    bounds.forEach((bound, look) => expect(Math.abs(bound - (published[look] ?? NaN))).toBeLessThan(0.002));
  });

  test('a process without drift crosses a one-sided plan about as often as alpha says', () => {
    const fractions = [0.3, 0.6, 1];
    const bounds = groupSequentialBounds({ informationFractions: fractions, alpha: 0.1, spending: 'power2', sides: 1 });
    const random = seededRandom(11);
    const runs = 40_000;
    let crossed = 0;
    for (let run = 0; run < runs; run += 1) {
      let value = 0;
      const hit = fractions.some((t, look) => {
        value += Math.sqrt(t - (fractions[look - 1] ?? 0)) * normalQuantile(random() || 0.5);
        return value / Math.sqrt(t) > (bounds[look] ?? Infinity);
      });
      if (hit) crossed += 1;
    }
    expect(Math.abs(crossed / runs - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / runs));
  });

  test('refuses looks that are too close together to integrate', () => {
    const plan = { informationFractions: [0.5, 0.500001, 1], alpha: 0.05, spending: 'pocock', sides: 2 } as const;
    expect(() => groupSequentialBounds(plan)).toThrow('too close together');
  });
});

describe('always-valid tests', () => {
  test('the confidence sequence excludes zero exactly where the mixture test of the same scale rejects', () => {
    const [se, n] = [0.02, 1_000];
    const { rhoTwoSided, halfWidthTwoSided } = asymptoticConfidenceSequence({ se, n, nstar: 800, alpha: 0.05, estimate: 0 });
    const mixture = (difference: number): number =>
      mixtureSprt({ difference, variance: se * se, tau2: se * se * n * rhoTwoSided ** 2, theta0: 0 }).likelihoodRatio;
    expect(mixture(halfWidthTwoSided)).toBeCloseTo(20, 6);
  });

  test('the e-process is a martingale: its mean after one trial at q0 is one', () => {
    const [q0, q1] = [0.02, 0.1];
    const failed = bernoulliEProcess({ failures: 1, n: 1, q0, q1 }).e;
    const passed = bernoulliEProcess({ failures: 0, n: 1, q0, q1 }).e;
    expect(q0 * failed + (1 - q0) * passed).toBeCloseTo(1, 12);
  });

  test('the e-value of overwhelming evidence stays a finite number', () => {
    expect(Number.isFinite(bernoulliEProcess({ failures: 5_000, n: 5_000, q0: 0.001, q1: 0.01 }).e)).toBe(true);
  });

  test('two arms of equal weight with a uniform prior have the beta-binomial Bayes factor', () => {
    const { logBayesFactor } = sampleRatioBayesFactor({ counts: [3, 1], weights: [1, 1] }, 2);
    expect(logBayesFactor).toBeCloseTo(Math.log(1 / 20 / (1 / 16)), 12);
  });

  test('a split exactly as planned has no chi-square', () => {
    expect(sampleRatioChiSquare({ counts: [30, 70], weights: [0.3, 0.7] }).chi2).toBeCloseTo(0, 12);
    expect(sampleRatioChiSquare({ counts: [0, 0], weights: [0.3, 0.7] })).toEqual({ chi2: 0, p: 1 });
  });
});

describe('the decision of a rollout stage', () => {
  const fixed = { margin: 0.05, tau: 0.0425, alpha: 0.05, minN: 50 };

  test.each([
    [{ xc: 49, nc: 49, xb: 4200, nb: 5000 }, 'HOLD'],
    [{ xc: 100, nc: 200, xb: 4250, nb: 5000 }, 'ROLLBACK'],
    [{ xc: 2550, nc: 3000, xb: 2550, nb: 3000 }, 'PROMOTABLE'],
    [{ xc: 160, nc: 200, xb: 170, nb: 200 }, 'HOLD'],
  ])('of %j is %s', (counts, verdict) => {
    expect(decideStage({ ...fixed, ...counts }).verdict).toBe(verdict);
  });

  test('is not certain of anything because all outcomes agree', () => {
    const { lower, upper } = decideStage({ ...fixed, xc: 60, nc: 60, xb: 60, nb: 60 });
    expect((upper ?? 0) - (lower ?? 0)).toBeGreaterThan(0.05);
  });
});
