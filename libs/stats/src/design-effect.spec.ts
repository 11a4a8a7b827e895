import { describe, expect, test } from '@jest/globals';
import { designEffect, noUnits, withSingleUnits } from './design-effect.js';
import type { UnitSums } from './ratio-metric.js';
import { seededRandom } from './seeded-random.js';

const sumsOf = (units: readonly (readonly [y: number, n: number])[]): UnitSums =>
  units.reduce(
    ({ units: k, sumY, sumN, sumYY, sumYN, sumNN }, [y, n]) => ({ units: k + 1, sumY: sumY + y, sumN: sumN + n, sumYY: sumYY + y * y, sumYN: sumYN + y * n, sumNN: sumNN + n * n }),
    noUnits,
  );

describe('design effect', () => {
  test('is that of the worked numbers', () => {
    // R = 8/20, residuals y - 0.4 n: 1, -1, 1, -1, 0, so 4 / 4 * 5 / 400 = 0.0125 against 0.24 / 20 = 0.012.
    expect(designEffect(sumsOf([[3, 5], [1, 5], [3, 5], [1, 5], [0, 0]]))).toBeCloseTo(0.0125 / 0.012, 12);
  });

  test('is the size of the units where all of a unit agree', () => {
    const units = Array.from({ length: 1_000 }, (_, i) => [i % 4 === 0 ? 10 : 0, 10] as const);
    expect(designEffect(sumsOf(units))).toBeCloseTo(10, 1);
  });

  test('is 1 + (m - 1) ICC of what is drawn so, and about 1 of independent outcomes', () => {
    const random = seededRandom(5);
    // Two outcomes of a user are one and the same draw with the probability ICC.
    const user = (icc: number): readonly [number, number] => {
      const own = random() < 0.15 ? 1 : 0;
      let y = 0;
      for (let i = 0; i < 10; i += 1) y += random() < Math.sqrt(icc) ? own : random() < 0.15 ? 1 : 0;
      return [y, 10];
    };
    const of = (icc: number): number => designEffect(sumsOf(Array.from({ length: 4_000 }, () => user(icc))));
    expect(of(0.2)).toBeGreaterThan(2.5);
    expect(of(0.2)).toBeLessThan(3.1);
    expect(of(0)).toBeLessThan(1.1);
  });

  test('is never below 1, and 1 of nothing', () => {
    expect(designEffect(sumsOf(Array.from({ length: 50 }, () => [1, 2] as const)))).toBe(1);
    expect(designEffect(noUnits)).toBe(1);
  });

  test.each([
    ['one unit', [[3, 7]]],
    ['outcomes that all agree', [[0, 3], [0, 9]]],
    ['failures alone', [[3, 3], [9, 9]]],
  ] as const)('is the largest that the sizes allow for %s', (_case, units) => {
    const sums = sumsOf(units);
    expect(designEffect(sums)).toBe(sums.sumNN / sums.sumN);
  });

  test('outcomes that are units of their own count as such', () => {
    expect(withSingleUnits(sumsOf([[2, 5]]), { y: 1, n: 3 })).toEqual(sumsOf([[2, 5], [1, 1], [0, 1], [0, 1]]));
  });
});
