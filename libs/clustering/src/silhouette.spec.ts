import { describe, expect, test } from '@jest/globals';
import { bicOf, chooseK, gridOf } from './choose-k.js';
import { kMeans } from './k-means.js';
import { seededRandom } from './random.js';
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

describe('chooseK', () => {
  const DIMS = 6;
  const heapsOf = (count: number, heaps: number) => {
    const random = seededRandom(11);
    const places = Array.from({ length: heaps }, () => Array.from({ length: DIMS }, () => random() * 6));
    const data = Float32Array.from(Array.from({ length: count }, (_, i) => (places[i % heaps] ?? []).map((value) => value + random() + random() - 1)).flat());
    return { count, dims: DIMS, data };
  };

  test.each([3, 9, 24])('finds %i heaps', (heaps) => {
    const k = chooseK({ points: heapsOf(1_200, heaps), bound: 100, seed: 1 });
    expect(k).toBeGreaterThanOrEqual(heaps - Math.ceil(heaps / 10));
    expect(k).toBeLessThanOrEqual(heaps + Math.ceil(heaps / 10));
  });

  test('goes no further than the bound', () => {
    expect(chooseK({ points: heapsOf(300, 20), bound: 7, seed: 1 })).toBeLessThanOrEqual(7);
  });

  test('is not misled by points that repeat', () => {
    const points = heapsOf(4, 4);
    const data = Float32Array.from({ length: 400 * DIMS }, (_, i) => points.data[i % points.data.length] ?? 0);
    const repeated = { count: 400, dims: DIMS, data };
    expect(Number.isFinite(bicOf(repeated, kMeans(repeated, { k: 4, seed: 1 })))).toBe(true);
    expect(chooseK({ points: repeated, bound: 4, seed: 1 })).toBe(4);
  });
});
