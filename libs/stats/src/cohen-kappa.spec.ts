import { describe, expect, it } from '@jest/globals';
import { cohenKappa } from './cohen-kappa.js';
import { seededRandom } from './seeded-random.js';

describe('cohenKappa', () => {
  it('gives the textbook value and its standard error', () => {
    // 20 and 15 agreed, 5 and 10 did not: 0.7 observed, 0.5 by chance.
    const found = cohenKappa({ bothYes: 20, onlyFirst: 5, onlySecond: 10, bothNo: 15 });
    expect(found?.kappa).toBeCloseTo(0.4, 12);
    expect(found?.standardError).toBeCloseTo(Math.sqrt(0.016128), 9);
    expect(found?.lower).toBeCloseTo(0.4 - 1.959964 * Math.sqrt(0.016128), 5);
  });

  it('is 1 at full agreement, -1 at its opposite, and undefined where one answer was the only one', () => {
    expect(cohenKappa({ bothYes: 5, onlyFirst: 0, onlySecond: 0, bothNo: 5 })).toMatchObject({ kappa: 1, standardError: 0 });
    expect(cohenKappa({ bothYes: 0, onlyFirst: 5, onlySecond: 5, bothNo: 0 })?.kappa).toBe(-1);
    expect(cohenKappa({ bothYes: 9, onlyFirst: 0, onlySecond: 0, bothNo: 0 })).toBeUndefined();
    expect(cohenKappa({ bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 })).toBeUndefined();
  });

  it('covers the true value about as often as it says', () => {
    const random = seededRandom(5);
    // Both say yes with 0.8; the second repeats the first with 0.6, else rolls its own: kappa is 0.6.
    let covered = 0;
    for (let run = 0; run < 1_000; run += 1) {
      const counts = { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };
      for (let item = 0; item < 200; item += 1) {
        const first = random() < 0.8;
        const second = random() < 0.6 ? first : random() < 0.8;
        counts[first ? (second ? 'bothYes' : 'onlyFirst') : second ? 'onlySecond' : 'bothNo'] += 1;
      }
      const found = cohenKappa(counts);
      if (found && found.lower <= 0.6 && 0.6 <= found.upper) covered += 1;
    }
    expect(covered / 1_000).toBeGreaterThan(0.92);
    expect(covered / 1_000).toBeLessThan(0.98);
  });
});
