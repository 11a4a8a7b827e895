import { describe, expect, test } from '@jest/globals';
import { kmeans } from 'ml-kmeans';
import { kMeans } from './k-means.js';
import { lloyd } from './lloyd.js';
import { type Points, rowAt, squaredDistance } from './points.js';
import { seededRandom } from './random.js';
import { seedCentroids } from './seeding.js';

const DIMS = 7;
/** Gaussian-like heaps around `heaps` places. */
const heapsOf = ({ count, heaps, spread = 0.4, seed = 1 }: { count: number; heaps: number; spread?: number; seed?: number }): Points => {
  const random = seededRandom(seed);
  const places = Array.from({ length: heaps }, () => Array.from({ length: DIMS }, () => random() * 4));
  const noise = (): number => spread * (random() + random() + random() - 1.5);
  const data = Float32Array.from(Array.from({ length: count }, (_, i) => (places[i % heaps] ?? []).map((value) => value + noise())).flat());
  return { count, dims: DIMS, data };
};

/** Lloyd's passes with every distance computed. */
const plainLloyd = (points: Points, start: readonly Float32Array[], passes: number): { labels: number[]; inertia: number } => {
  let centroids = start.map((centroid) => Float32Array.from(centroid));
  let labels: number[] = [];
  let inertia = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    inertia = 0;
    labels = Array.from({ length: points.count }, (_, i) => {
      const distances = centroids.map((centroid) => squaredDistance(points.data, i, centroid, 0, DIMS));
      inertia += Math.min(...distances);
      return distances.indexOf(Math.min(...distances));
    });
    centroids = centroids.map((centroid, c) => {
      const members = labels.flatMap((label, i) => (label === c ? [rowAt(points, i)] : []));
      return members.length === 0 ? centroid : Float32Array.from(centroid, (_, d) => members.reduce((sum, row) => sum + (row[d] ?? 0), 0) / members.length);
    });
  }
  return { labels, inertia };
};

describe('lloyd', () => {
  test.each([[100_000], [6_000], [2_100], [1]])('finds what passes over all distances find, with room for %i bounds', (boundsMax) => {
    const points = heapsOf({ count: 600, heaps: 25, spread: 1.5 });
    const start = seedCentroids(points, { k: 20, random: seededRandom(3) });
    const bounded = lloyd(points, { centroids: start, maxIterations: 12, boundsMax });
    const plain = plainLloyd(points, start, bounded.iterations);
    expect([...bounded.labels]).toEqual(plain.labels);
    expect(bounded.inertia).toBeCloseTo(plain.inertia, 2);
  });

  test('starts a cluster that lost its points again where a point is served worst', () => {
    const points = heapsOf({ count: 60, heaps: 3, spread: 0.1 });
    const far = new Float32Array(DIMS).fill(1_000);
    const { labels, k } = lloyd(points, { centroids: [rowAt(points, 0), far, far], maxIterations: 30 });
    expect(k).toBe(3);
    expect(new Set(labels).size).toBe(3);
  });
});

describe('kMeans', () => {
  test('finds heaps that stand apart, from a sample of many points', () => {
    const points = heapsOf({ count: 6_000, heaps: 8 });
    const { labels, inertia } = kMeans(points, { k: 8, seed: 1 });
    for (let heap = 0; heap < 8; heap += 1) expect(new Set(labels.filter((_, i) => i % 8 === heap)).size).toBe(1);
    expect(inertia / points.count).toBeLessThan(0.4);
  });

  test('is no worse than ml-kmeans', () => {
    const points = heapsOf({ count: 500, heaps: 12, spread: 2 });
    const rows = Array.from({ length: points.count }, (_, i) => [...rowAt(points, i)]);
    const peer = kmeans(rows, 12, { seed: 1, initialization: 'kmeans++', maxIterations: 100 });
    const peerInertia = peer.clusters.reduce((sum, cluster, i) => sum + (rows[i] ?? []).reduce((squares, x, d) => squares + (x - (peer.centroids[cluster]?.[d] ?? 0)) ** 2, 0), 0);
    expect(kMeans(points, { k: 12, seed: 1 }).inertia).toBeLessThan(1.02 * peerInertia);
  });

  test('gives the same for the same seed, and refuses what makes no sense', () => {
    const points = heapsOf({ count: 100, heaps: 4 });
    expect(kMeans(points, { k: 4, seed: 9 })).toEqual(kMeans(points, { k: 4, seed: 9 }));
    expect(() => kMeans(points, { k: 101, seed: 1 })).toThrow(/from 1 to 100/u);
    expect(() => kMeans(points, { k: 2, seed: 1, starts: 0 })).toThrow(/starts/u);
  });
});
