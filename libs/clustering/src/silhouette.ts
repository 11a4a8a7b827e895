import { dotOf } from './vectors.js';
import { type Points, rowAt } from './points.js';

/** Cosine distances (0 to 2) of all pairs of unit vectors, row by row. */
export const distancesOf = (points: Points): Float32Array => {
  const n = points.count;
  const distances = new Float32Array(n * n);
  for (let i = 0; i < n; i += 1) {
    const a = rowAt(points, i);
    for (let j = i + 1; j < n; j += 1) {
      const distance = 1 - dotOf(a, rowAt(points, j));
      distances[i * n + j] = distance;
      distances[j * n + i] = distance;
    }
  }
  return distances;
};

/**
 * Mean silhouette (Rousseeuw 1987), -1 to 1: how much nearer a point is to its own cluster than to the next one. A point alone in
 * its cluster counts 0; 0 for a single cluster.
 */
export const silhouetteOf = ({ distances, labels, k }: { distances: Float32Array; labels: ArrayLike<number>; k: number }): number => {
  const n = labels.length;
  const sizes = new Int32Array(k);
  for (let i = 0; i < n; i += 1) sizes[labels[i] as number] = (sizes[labels[i] as number] as number) + 1;
  if (sizes.filter((size) => size > 0).length < 2) return 0;
  const sums = new Float64Array(k);
  let total = 0;
  for (let i = 0; i < n; i += 1) {
    const own = labels[i] as number;
    if ((sizes[own] as number) < 2) continue;
    sums.fill(0);
    for (let j = 0; j < n; j += 1) sums[labels[j] as number] = (sums[labels[j] as number] as number) + (distances[i * n + j] as number);
    const within = (sums[own] as number) / ((sizes[own] as number) - 1);
    let between = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c += 1) if (c !== own && (sizes[c] as number) > 0) between = Math.min(between, (sums[c] as number) / (sizes[c] as number));
    const larger = Math.max(within, between);
    if (larger > 0) total += (between - within) / larger;
  }
  return total / n;
};
