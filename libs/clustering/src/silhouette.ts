import { dotOf, type Vector } from './vectors.js';

/** Cosine distances (0 to 2) of all pairs, row by row. */
export const distancesOf = (vectors: readonly Vector[]): Float32Array => {
  const n = vectors.length;
  const distances = new Float32Array(n * n);
  for (let i = 0; i < n; i += 1) {
    const a = vectors[i] ?? [];
    for (let j = i + 1; j < n; j += 1) {
      const distance = 1 - dotOf(a, vectors[j] ?? []);
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
export const silhouetteOf = ({ distances, labels, k }: { distances: Float32Array; labels: readonly number[]; k: number }): number => {
  const n = labels.length;
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  if (sizes.filter((size) => size > 0).length < 2) return 0;
  const sums = new Float64Array(k);
  let total = 0;
  for (let i = 0; i < n; i += 1) {
    const own = labels[i] ?? 0;
    if ((sizes[own] ?? 0) < 2) continue;
    sums.fill(0);
    for (let j = 0; j < n; j += 1) {
      const label = labels[j] ?? 0;
      sums[label] = (sums[label] ?? 0) + (distances[i * n + j] ?? 0);
    }
    const within = (sums[own] ?? 0) / ((sizes[own] ?? 0) - 1);
    let between = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c += 1) if (c !== own && (sizes[c] ?? 0) > 0) between = Math.min(between, (sums[c] ?? 0) / (sizes[c] ?? 1));
    const larger = Math.max(within, between);
    if (larger > 0) total += (between - within) / larger;
  }
  return total / n;
};
