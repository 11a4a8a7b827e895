import { describe, expect, test } from '@jest/globals';

import { clopperPearsonLower } from './proportion-bounds.js';
import { mcNemarTest } from './mcnemar.js';
import { benjaminiHochberg, bonferroni, holm } from './multiple-testing.js';
import { AGRESTI_MIN_DISCORDANCE, exactBoundDiscordance, oneSidedQuantile, pairedContrast, pairedMeanRatio } from './paired-contrast.js';
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

  test('with the exact pseudo-count, pairs without change bound a loss about as the binomial does', () => {
    const n = 300;
    const options = { factor: 1, discordance: exactBoundDiscordance(0.05) };
    const { se, df } = pairedContrast({ before: fill(n, 1), after: fill(n, 1) }, options);
    const exact = 1 - clopperPearsonLower({ successes: n, n }, 0.05);
    expect(Math.abs(oneSidedQuantile({ alpha: 0.05, df }) * se - exact)).toBeLessThan(0.02 * exact);
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
