import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ratchet/stats';

import type { GateVerdict } from './gate-report.js';
import { gateConfigSchema } from './gate-config.js';
import { judgeRegression } from './regression.gate.js';
import type { ScoredPair } from './scored-item.js';

// The goal: what the gate says of candidates whose truth is known. Each run draws a suite of binary scores, flips a part of
// the answers in both directions so that the mean stays, and takes the wanted loss from one category.
interface Scenario {
  runs: number;
  categories: number;
  perCategory: number;
  flips: number;
  /** True loss, in points of the score, of the first category. */
  loss: number;
}

const OLD_SCORE = 0.85;
const config = gateConfigSchema.parse({});

const drawSuite = (random: () => number, { categories, perCategory, flips, loss }: Scenario): ScoredPair[] =>
  Array.from({ length: categories * perCategory }, (_, index) => {
    const category = index % categories;
    const before = random() < OLD_SCORE ? 1 : 0;
    const towardsWrong = flips / 2 / OLD_SCORE + (category === 0 ? loss / OLD_SCORE : 0);
    const flipped = random() < (before === 1 ? towardsWrong : flips / 2 / (1 - OLD_SCORE));
    return { category: `c${category}`, before, after: flipped ? 1 - before : before };
  });

const shares = (scenario: Scenario): Record<GateVerdict, number> => {
  const random = seededRandom(2026);
  const counts = { passed: 0, failed: 0, insufficient: 0, needs_human: 0 };
  for (let run = 0; run < scenario.runs; run += 1) {
    counts[judgeRegression({ scored: drawSuite(random, scenario), missing: 0 }, config).verdict] += 1 / scenario.runs;
  }
  return counts;
};

describe('no_regression over many simulated candidates', () => {
  test('mostly passes a candidate without a true change that flips 2 % of 600 answers', () => {
    const { passed, failed } = shares({ runs: 400, categories: 6, perCategory: 100, flips: 0.02, loss: 0 });
    expect(passed).toBeGreaterThan(0.75);
    expect(failed).toBeLessThan(0.02);
  });

  test('hardly ever fails a candidate without a true change that flips 10 %', () => {
    const { failed } = shares({ runs: 300, categories: 10, perCategory: 100, flips: 0.1, loss: 0 });
    expect(failed).toBeLessThan(0.03);
  });

  test('never lets a five-point loss in a category of a hundred through with a clean bill for that category', () => {
    const random = seededRandom(3);
    const scenario = { runs: 1, categories: 6, perCategory: 100, flips: 0.02, loss: 0.05 };
    for (let run = 0; run < 50; run += 1) {
      const { categories } = judgeRegression({ scored: drawSuite(random, scenario), missing: 0 }, config);
      const lossy = categories?.find(({ category }) => category === 'c0');
      expect(lossy?.harmed === true || lossy?.thin === true).toBe(true);
    }
  });

  test('fails a five-point loss in one category of 800', () => {
    const { failed } = shares({ runs: 200, categories: 3, perCategory: 800, flips: 0.02, loss: 0.05 });
    expect(failed).toBeGreaterThan(0.9);
  });

  test('seldom passes a candidate exactly at the floor everywhere', () => {
    const { passed } = shares({ runs: 400, categories: 1, perCategory: 1_000, flips: 0.02, loss: 0.02 * OLD_SCORE });
    expect(passed).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 400));
  });
});
