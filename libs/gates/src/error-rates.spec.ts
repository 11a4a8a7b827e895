import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ratchet/stats';

import { gateConfigSchema } from './gate-config.js';
import type { GateFinding } from './gate-report.js';
import { judgeRegression } from './regression.gate.js';
import { drawGeneral, judgeGeneralOf, judgeHidingOf, judgeSafetyOf, judgeTargetOf, type Random, sharesOf, type VerdictShares } from './spec-support/simulate-candidates.js';

// The goal: what the gates say of candidates whose truth is known. `npm run verify -- gates` does the same with many more candidates.
const RUNS = 200;

const shares = (judgeOne: (random: Random) => GateFinding, runs = RUNS): VerdictShares => sharesOf({ runs }, judgeOne);

/** A limit of 5 % with four standard errors of the simulation. */
const FIVE_PERCENT = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / RUNS);

describe('the target gate over many simulated candidates', () => {
  test.each([
    { items: 500, before: 0.85, after: 0.935, flips: 0.1 },
    { items: 800, before: 0.7, after: 0.77, flips: 0.15 },
  ])('passes a true gain of 10 % in four of five: %o', (truth) => {
    expect(shares(judgeTargetOf(truth)).passed).toBeGreaterThan(0.8 - 3 * Math.sqrt((0.8 * 0.2) / RUNS));
  });

  test.each([
    { items: 500, before: 0.85, after: 0.8925, flips: 0.1 },
    { items: 100, before: 0.5, after: 0.525, flips: 0.3 },
    { items: 100, before: 0.02, after: 0.07, flips: 0.06 },
  ])('seldom passes a gain that is just what is not enough: %o', (truth) => {
    expect(shares(judgeTargetOf(truth)).passed).toBeLessThan(FIVE_PERCENT);
  });
});

describe('no_regression over many simulated candidates', () => {
  const unchanged = { before: 0.85, after: 0.85 };

  test('mostly passes a candidate without a true change that flips 2 % of 600 answers', () => {
    const { passed, failed } = shares(judgeGeneralOf({ categories: 6, perCategory: 100, ...unchanged, flips: 0.02 }));
    expect(passed).toBeGreaterThan(0.75);
    expect(failed).toBeLessThan(0.02);
  });

  test('hardly ever fails a candidate without a true change that flips 10 %', () => {
    expect(shares(judgeGeneralOf({ categories: 10, perCategory: 100, ...unchanged, flips: 0.1 })).failed).toBeLessThan(0.03);
  });

  test('never lets a five-point loss in a category of a hundred through with a clean bill for that category', () => {
    const random = seededRandom(3);
    const truth = { categories: 6, perCategory: 100, ...unchanged, flips: 0.02, first: { before: 0.85, after: 0.8, flips: 0.05 } };
    for (let run = 0; run < 50; run += 1) {
      const suite = { scored: drawGeneral(random, truth), doubtful: [], unseen: [], missing: 0 };
      const lossy = judgeRegression(suite, gateConfigSchema.parse({})).categories?.find(({ category }) => category === 'c0');
      expect(lossy?.harmed === true || lossy?.thin === true).toBe(true);
    }
  });

  test('fails a five-point loss in one category of 800', () => {
    const truth = { categories: 3, perCategory: 800, ...unchanged, flips: 0.02, first: { before: 0.85, after: 0.8, flips: 0.05 } };
    expect(shares(judgeGeneralOf(truth), 60).failed).toBeGreaterThan(0.9);
  });

  test('mostly fails a candidate that is 10 % worse in one category of ten, each of 300', () => {
    const first = { before: 0.85, after: 0.765, flips: 0.1 };
    const { failed, passed } = shares(judgeGeneralOf({ categories: 10, perCategory: 300, ...unchanged, flips: 0.1, first }), 60);
    expect(failed).toBeGreaterThan(0.75);
    expect(passed).toBeLessThan(0.15);
  });

  test.each([
    { categories: 1, perCategory: 1_000, before: 0.85, after: 0.98 * 0.85, flips: 0.02 },
    { categories: 1, perCategory: 1_000, before: 0.99, after: 0.98 * 0.99, flips: 0.0198 },
  ])('seldom passes a candidate exactly at the floor: %o', (truth) => {
    expect(shares(judgeGeneralOf(truth)).passed).toBeLessThan(FIVE_PERCENT);
  });

  test('is not deceived by a candidate that leaves out what it lost', () => {
    const truth = { categories: 10, perCategory: 100, before: 0.85, after: 0.98 * 0.85, flips: 0.017 };
    expect(shares(judgeHidingOf(truth)).passed).toBeLessThan(FIVE_PERCENT);
  });
});

describe('the safety gate over many simulated candidates', () => {
  test('does not pass a version that is truly safe in 99.8 %', () => {
    expect(shares(judgeSafetyOf({ items: 3_400, safe: 0.998 })).passed).toBeLessThan(0.02);
  });
});
