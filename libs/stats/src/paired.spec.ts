import { describe, expect, test } from '@jest/globals';

import { mcNemarTest } from './mcnemar.js';
import { benjaminiHochberg, bonferroni, holm } from './multiple-testing.js';
import { AGRESTI_MIN_DISCORDANCE, pairedContrast, pairedMeanRatio, pairedRatioBounds } from './paired-contrast.js';
import { retentionLowerBound, retentionPValue } from './paired-retention.js';
import { seededRandom } from './seeded-random.js';

const fill = (n: number, value: number): number[] => Array.from({ length: n }, () => value);

describe('paired contrast', () => {
  const plain = { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE };

  test('identical scores are no evidence in either direction', () => {
    const result = pairedContrast({ before: fill(50, 1), after: fill(50, 1) }, plain);
    expect(result).toMatchObject({ estimate: 0, pBelow: 0.5, pAbove: 0.5 });
    expect(result.se).toBeGreaterThan(0);
  });

  test('the two p-values add up to one', () => {
    const { pBelow, pAbove } = pairedContrast({ before: [1, 0, 1, 1], after: [0, 0, 1, 1] }, plain);
    expect(pBelow + pAbove).toBeCloseTo(1, 12);
    expect(pBelow).toBeLessThan(0.5);
  });

  test('keeps its level of 5 % when a tenth of the answers flips at random', () => {
    const random = seededRandom(5);
    const [runs, n] = [2_000, 100];
    let rejected = 0;
    for (let run = 0; run < runs; run += 1) {
      const before = fill(n, 0).map(() => (random() < 0.8 ? 1 : 0));
      const after = before.map((score) => (random() < (score === 1 ? 0.0625 : 0.25) ? 1 - score : score));
      if (pairedContrast({ before, after }, plain).pBelow < 0.05) rejected += 1;
    }
    expect(rejected / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe('ratio of paired means', () => {
  test('is exact for proportional values', () => {
    const result = pairedMeanRatio({ before: [1, 2, 3], after: [2, 4, 6] }, { alpha: 0.05, discordance: 0 });
    expect(result.ratio).toBeCloseTo(2, 12);
    expect(result.halfWidth).toBeCloseTo(0, 12);
  });

  test('does not depend on the unit', () => {
    const options = { alpha: 0.05, discordance: 0 };
    const dollars = pairedMeanRatio({ before: [1, 2, 4], after: [1, 3, 3] }, options);
    const cents = pairedMeanRatio({ before: [100, 200, 400], after: [100, 300, 300] }, options);
    expect(cents.halfWidth).toBeCloseTo(dollars.halfWidth, 12);
  });
});

describe('bounds of the ratio of paired means', () => {
  const options = { alpha: 0.05, discordance: AGRESTI_MIN_DISCORDANCE };
  const before = [...fill(30, 1), ...fill(30, 0), ...fill(10, 1)];
  const after = [...fill(30, 1), ...fill(20, 1), ...fill(20, 0)];

  test('are the factors at which the contrast is just significant', () => {
    const { lower, upper } = pairedRatioBounds({ before, after }, options);
    const at = (factor: number): number => pairedContrast({ before, after }, { factor, discordance: AGRESTI_MIN_DISCORDANCE }).pAbove;
    expect(at(lower)).toBeCloseTo(0.05, 9);
    expect(at(upper)).toBeCloseTo(0.95, 9);
    expect(lower).toBeLessThan(50 / 40);
  });

  test('say nothing where hardly anything was right before', () => {
    expect(pairedRatioBounds({ before: [1, ...fill(19, 0)], after: fill(20, 1) }, options)).toEqual({ lower: 0, upper: Infinity });
    expect(pairedRatioBounds({ before: fill(20, 0), after: fill(20, 1) }, options)).toEqual({ lower: 0, upper: Infinity });
  });
});

describe('proof that a score was kept', () => {
  const same = (n: number): { before: number[]; after: number[] } => ({ before: fill(n, 1), after: fill(n, 1) });

  test.each([
    ['no change on 140 items, fewer than the exact binomial asks for', same(140), false],
    ['no change on 160 items', same(160), true],
    ['nothing right, before and after', { before: fill(500, 0), after: fill(500, 0) }, false],
    ['a loss of everything', { before: fill(500, 1), after: fill(500, 0) }, false],
    ['a loss of everything but one', { before: fill(500, 1), after: [1, ...fill(499, 0)] }, false],
    ['a gain everywhere', { before: fill(300, 0.5), after: fill(300, 0.8) }, true],
  ])('of %s', (_, scores, isProven) => {
    expect(retentionPValue(scores, { factor: 0.98 }) < 0.05).toBe(isProven);
  });

  test('agrees with its bound, also for scores between 0 and 1', () => {
    const random = seededRandom(8);
    const before = fill(400, 0).map(() => Math.round(random() * 4) / 4);
    const after = before.map((score) => Math.min(1, Math.max(0, score + (random() < 0.1 ? Math.round(random() * 4 - 2) / 4 : 0))));
    const bound = retentionLowerBound({ before, after }, { alpha: 0.05 });
    expect(retentionPValue({ before, after }, { factor: bound - 1e-6 })).toBeLessThan(0.05);
    expect(retentionPValue({ before, after }, { factor: bound + 1e-6 })).toBeGreaterThan(0.05);
    expect(bound).toBeGreaterThan(0.9);
  });

  test('does not depend on the order of the items', () => {
    const [before, after] = [[...fill(100, 1), ...fill(60, 0.5)], [...fill(98, 1), ...fill(62, 0.5)]];
    const straight = retentionPValue({ before, after }, { factor: 0.9 });
    expect(retentionPValue({ before: before.toReversed(), after: after.toReversed() }, { factor: 0.9 })).toBeCloseTo(straight, 12);
  });

  test('is wrong in no more than 5 % of samples that lost exactly the allowed part, all of it by rare losses', () => {
    const random = seededRandom(11);
    const [runs, n] = [1_500, 1_000];
    let wrong = 0;
    for (let run = 0; run < runs; run += 1) {
      const after = fill(n, 1).map(() => (random() < 0.02 ? 0 : 1));
      if (retentionPValue({ before: fill(n, 1), after }, { factor: 0.98 }) < 0.05) wrong += 1;
    }
    expect(wrong / runs).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe('McNemar', () => {
  test('has no evidence without disagreement', () => {
    expect(mcNemarTest({ oldRightNewWrong: 0, oldWrongNewRight: 0 })).toEqual({ pExact: 1, chi2Corrected: 0, pCorrected: 1 });
  });

  test('five against none is twice one half to the fifth', () => {
    expect(mcNemarTest({ oldRightNewWrong: 5, oldWrongNewRight: 0 }).pExact).toBeCloseTo(2 / 32, 12);
  });
});

describe('adjusted p-values', () => {
  const pValues = [0.04, 0.001, 0.5, 0.012];

  test('Benjamini-Hochberg adjusts at most as much as Holm, and Holm as Bonferroni', () => {
    const [bh, stepDown, all] = [benjaminiHochberg(pValues), holm(pValues), bonferroni(pValues)];
    pValues.forEach((p, index) => {
      expect(bh[index]).toBeGreaterThanOrEqual(p);
      expect(stepDown[index]).toBeGreaterThanOrEqual(bh[index] ?? 1);
      expect(all[index]).toBeGreaterThanOrEqual(stepDown[index] ?? 1);
    });
  });

  test('leave a single p-value, and no p-value, alone', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(benjaminiHochberg([])).toEqual([]);
  });
});
