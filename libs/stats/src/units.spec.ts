import { describe, expect, test } from '@jest/globals';

import { cuped } from './cuped.js';
import { independentRequestsError, ratioMetric, ratioMetricFromSums } from './ratio-metric.js';
import { sampleSizeCohenH, sampleSizeNonInferiority, sampleSizeUnpooled } from './sample-size.js';
import { pooledDifference, stratifiedDifference } from './stratified-difference.js';
import { welchTTest } from './welch.js';

describe('ratio metric', () => {
  const [y, n] = [
    [1, 3, 2, 5],
    [1, 4, 2, 6],
  ];

  test('is the same from running sums as from the units', () => {
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    const product = (a: number[], b: number[]): number => sum(a.map((value, index) => value * (b[index] ?? 0)));
    const sums = { units: 4, sumY: sum(y), sumN: sum(n), sumYY: product(y, y), sumYN: product(y, n), sumNN: product(n, n) };
    const [fromSums, fromUnits] = [ratioMetricFromSums(sums), ratioMetric(y, n)];
    expect(fromSums.ratio).toBeCloseTo(fromUnits.ratio, 12);
    expect(fromSums.se).toBeCloseTo(fromUnits.se, 12);
  });

  test('with one request a unit it is the mean with its usual error', () => {
    const { se } = ratioMetric([1, 0, 1, 1, 0], [1, 1, 1, 1, 1]);
    expect(se).toBeCloseTo(Math.sqrt(0.3 / 5), 12);
  });

  test('knows no binomial error for a ratio above one', () => {
    expect(independentRequestsError({ ratio: 1.4, requests: 10 })).toBeNaN();
  });
});

describe('CUPED', () => {
  test('removes all variance that the covariate explains', () => {
    expect(cuped([2, 4, 6, 8], [1, 2, 3, 4]).varianceAfter).toBeCloseTo(0, 12);
  });

  test('a constant covariate changes nothing', () => {
    expect(cuped([1, 2, 4], [5, 5, 5])).toMatchObject({ theta: 0, correlation: 0 });
  });
});

describe('difference over stages', () => {
  const drifting = [
    { xc: 80, nc: 100, xb: 7920, nb: 9900 },
    { xc: 4500, nc: 5000, xb: 4500, nb: 5000 },
  ];

  test('sees no effect where every stage shows none, although the pooled rates differ', () => {
    expect(stratifiedDifference(drifting).difference).toBeCloseTo(0, 12);
    expect(pooledDifference(drifting)).toBeGreaterThan(0.05);
  });

  test('a stage with an empty arm adds nothing', () => {
    const extended = [...drifting, { xc: 0, nc: 0, xb: 10, nb: 20 }];
    expect(stratifiedDifference(extended)).toEqual(stratifiedDifference(drifting));
  });
});

describe('sample sizes', () => {
  const plan = { baselineRate: 0.8, candidateRate: 0.84, allocationRatio: 1, alpha: 0.05, power: 0.8 };

  test('a fourth of the difference needs about sixteen times the units', () => {
    const finer = { ...plan, candidateRate: 0.81 };
    expect(sampleSizeUnpooled(finer) / sampleSizeUnpooled(plan)).toBeGreaterThan(15);
  });

  test('the arcsine size is the closed form where one tail decides', () => {
    const h = 2 * Math.asin(Math.sqrt(0.84)) - 2 * Math.asin(Math.sqrt(0.8));
    const closed = (2 * (1.959963984540054 + 0.8416212335729143) ** 2) / h ** 2;
    expect(Math.abs(sampleSizeCohenH(plan) - closed)).toBeLessThan(0.01 * closed);
  });

  test('more baseline units save candidate units', () => {
    const equal = { rate: 0.85, relativeMargin: 0.05, allocationRatio: 1, alphaOneSided: 0.05, power: 0.8 };
    expect(sampleSizeNonInferiority({ ...equal, allocationRatio: 99 })).toBeLessThan(0.6 * sampleSizeNonInferiority(equal));
  });
});

describe('Welch', () => {
  test('with equal sizes and deviations it is the pooled t test with 2n - 2 degrees of freedom', () => {
    const { t, df } = welchTTest({ mean1: 1, sd1: 2, n1: 10, mean2: 0, sd2: 2, n2: 10 });
    expect(t).toBeCloseTo(1 / Math.sqrt(0.8), 12);
    expect(df).toBeCloseTo(18, 12);
  });

  test('constant groups are equal or certainly different', () => {
    expect(welchTTest({ mean1: 1, sd1: 0, n1: 5, mean2: 1, sd2: 0, n2: 5 }).p).toBe(1);
    expect(welchTTest({ mean1: 1, sd1: 0, n1: 5, mean2: 2, sd2: 0, n2: 5 }).p).toBe(0);
  });
});
