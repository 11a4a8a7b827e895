import { describe, expect, test } from '@jest/globals';

import { binomialCdf } from './distributions.js';
import { clopperPearsonInterval, clopperPearsonLower, minimumTrialsForBound, wilsonInterval } from './proportion-bounds.js';

describe('bounds of a proportion', () => {
  test('without a failure the exact lower bound is alpha to the power 1/n', () => {
    expect(clopperPearsonLower({ successes: 40, n: 40 }, 0.05)).toBeCloseTo(0.05 ** (1 / 40), 12);
  });

  test('at the exact lower bound, so many successes have probability alpha', () => {
    const bound = clopperPearsonLower({ successes: 33, n: 40 }, 0.05);
    expect(1 - binomialCdf({ x: 32, n: 40, p: bound })).toBeCloseTo(0.05, 9);
  });

  test.each([wilsonInterval, clopperPearsonInterval])('%p of failures mirrors the one of successes', (interval) => {
    const [successes, failures] = [interval({ successes: 7, n: 50 }, 0.05), interval({ successes: 43, n: 50 }, 0.05)];
    expect(successes.lower).toBeCloseTo(1 - failures.upper, 12);
  });

  test('the ends of Wilson stay in the unit interval', () => {
    expect(wilsonInterval({ successes: 0, n: 3 }, 0.05).lower).toBe(0);
    expect(wilsonInterval({ successes: 3, n: 3 }, 0.05).upper).toBe(1);
  });
});

describe('trials that a bound needs', () => {
  test.each([
    [0, 2995],
    [1, 4742],
    [3, 7752],
  ])('%d failures at 99.9 %% need %d trials', (failures, trials) => {
    expect(minimumTrialsForBound({ threshold: 0.999, confidence: 0.95, failures })).toBe(trials);
  });

  test('one trial less misses the threshold', () => {
    const n = minimumTrialsForBound({ threshold: 0.97, confidence: 0.9, failures: 2 });
    expect(clopperPearsonLower({ successes: n - 2, n }, 0.1)).toBeGreaterThan(0.97);
    expect(clopperPearsonLower({ successes: n - 3, n: n - 1 }, 0.1)).toBeLessThanOrEqual(0.97);
  });
});
