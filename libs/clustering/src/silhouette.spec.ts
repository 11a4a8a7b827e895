import { describe, expect, test } from '@jest/globals';
import { gridOf } from './choose-k.js';
import { silhouetteOf } from './silhouette.js';

describe('silhouetteOf', () => {
  // Points on a line at 0, 1, 5 and 6, as distances.
  const places = [0, 1, 5, 6];
  const distances = Float32Array.from(places.flatMap((a) => places.map((b) => Math.abs(a - b))));

  test('is the mean of (next - own) / larger', () => {
    const expected = (4.5 / 5.5 + 3.5 / 4.5 + 3.5 / 4.5 + 4.5 / 5.5) / 4;
    expect(silhouetteOf({ distances, labels: [0, 0, 1, 1], k: 2 })).toBeCloseTo(expected, 6);
  });

  test('is lower for the wrong partition, and 0 for one cluster or points alone', () => {
    expect(silhouetteOf({ distances, labels: [0, 1, 0, 1], k: 2 })).toBeLessThan(0);
    expect(silhouetteOf({ distances, labels: [0, 0, 0, 0], k: 1 })).toBe(0);
    expect(silhouetteOf({ distances, labels: [0, 1, 2, 3], k: 4 })).toBe(0);
  });
});

describe('gridOf', () => {
  test('is fine where it matters, ends at the bound, and is short', () => {
    expect(gridOf(10)).toEqual([2, 3, 4, 5, 6, 8, 10]);
    expect(gridOf(9).at(-1)).toBe(9);
    expect(gridOf(2)).toEqual([2]);
    expect(gridOf(200).length).toBeLessThan(25);
  });
});
