import { describe, expect, test } from '@jest/globals';

import { relativeNonInferiority, restrictedRates } from './noninferiority.js';
import { agrestiCaffoInterval, newcombeInterval, pooledZTest, unpooledZTest, waldInterval } from './two-proportions.js';

const counts = { x1: 30, n1: 100, x2: 45, n2: 120 };
const swapped = { x1: 45, n1: 120, x2: 30, n2: 100 };

describe('two proportions', () => {
  test('the z statistic changes sign, and only that, when the groups change places', () => {
    expect(pooledZTest(counts).z).toBeCloseTo(-pooledZTest(swapped).z, 12);
    expect(pooledZTest(counts).p).toBeCloseTo(pooledZTest(swapped).p, 12);
  });

  test('the one-sided p-values add up to one', () => {
    expect(pooledZTest(counts, 'larger').p + pooledZTest(counts, 'smaller').p).toBeCloseTo(1, 12);
  });

  test('groups without any variation are no evidence of a difference', () => {
    expect(pooledZTest({ x1: 0, n1: 10, x2: 0, n2: 20 })).toEqual({ z: 0, p: 1 });
  });

  test('the Wald interval excludes zero exactly where the unpooled test rejects', () => {
    const { p } = unpooledZTest(counts);
    expect(waldInterval(counts, p * 0.999).upper).toBeGreaterThan(0);
    expect(waldInterval(counts, p * 1.001).upper).toBeLessThan(0);
  });

  test.each([agrestiCaffoInterval, newcombeInterval])('%p is the mirror image when the groups change places', (interval) => {
    expect(interval(counts, 0.05).lower).toBeCloseTo(-interval(swapped, 0.05).upper, 12);
  });

  test('Newcombe keeps a width where all outcomes agree, which Wald does not', () => {
    const agreed = { x1: 10, n1: 10, x2: 10, n2: 10 };
    expect(waldInterval(agreed, 0.05).lower).toBe(0);
    expect(newcombeInterval(agreed, 0.05).lower).toBeLessThan(-0.2);
  });
});

describe('relative non-inferiority', () => {
  test('without a margin the restricted rates are the pooled rate', () => {
    const { pc, pb } = restrictedRates({ xc: 30, nc: 100, xb: 45, nb: 120, margin: 0 });
    expect(pc).toBeCloseTo(75 / 220, 12);
    expect(pb).toBeCloseTo(75 / 220, 12);
  });

  test('without a margin the score statistic is the pooled z statistic', () => {
    const result = relativeNonInferiority({ xc: 30, nc: 100, xb: 45, nb: 120, margin: 0 });
    expect(result.scoreZ).toBeCloseTo(pooledZTest(counts).z, 12);
  });

  test('a candidate exactly at the margin is as likely harmed as not', () => {
    const result = relativeNonInferiority({ xc: 760, nc: 1000, xb: 800, nb: 1000, margin: 0.05 });
    expect(result.contrast).toBeCloseTo(0, 12);
    expect(result.pHarm).toBeCloseTo(0.5, 9);
  });
});
