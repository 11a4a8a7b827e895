import { kmeans } from 'ml-kmeans';
import { silhouetteOf } from './silhouette.js';

/** A partition of the sampled points. */
export interface Partition {
  readonly labels: readonly number[];
  readonly centroids: readonly (readonly number[])[];
  readonly k: number;
  /** Sum of squared distances to the centroids. */
  readonly inertia: number;
}

const MAX_ITERATIONS = 60;
/** While the number is looked for, a rough partition tells enough. */
const MAX_ITERATIONS_SEARCH = 20;
/** Apart enough that one more step is worth a try. */
const REFINE_FROM = 8;

/** K-means (k-means++ start, seeded); the best of `starts` by inertia. */
export const partition = (points: number[][], { k, seed, starts, maxIterations = MAX_ITERATIONS }: { k: number; seed: number; starts: number; maxIterations?: number }): Partition => {
  let best: Partition | undefined;
  for (let start = 0; start < starts; start += 1) {
    const { clusters, centroids } = kmeans(points, k, { seed: seed + start, initialization: 'kmeans++', maxIterations });
    const inertia = points.reduce((sum, point, i) => sum + squaredDistance(point, centroids[clusters[i] ?? 0] ?? []), 0);
    if (best === undefined || inertia < best.inertia) best = { labels: clusters, centroids, k, inertia };
  }
  if (best === undefined) throw new RangeError('starts must be 1 or more');
  return best;
};

/** Numbers of clusters to try: every one up to 6, then steps of about a quarter. */
export const gridOf = (bound: number): number[] => {
  const grid: number[] = [];
  for (let k = 2; k <= bound; k = k < 6 ? k + 1 : Math.ceil(k * 1.25)) grid.push(k);
  if (grid.at(-1) !== bound && bound >= 2) grid.push(bound);
  return grid;
};

/** The number of clusters, between 2 and the bound, with the greatest silhouette; then a look half way to its neighbours. */
export const chooseK = ({ points, distances, bound, seed }: { points: number[][]; distances: Float32Array; bound: number; seed: number }): { k: number; silhouette: number } => {
  const tried = new Map<number, number>();
  const scoreOf = (k: number): number => {
    const known = tried.get(k);
    if (known !== undefined) return known;
    const { labels } = partition(points, { k, seed, starts: 1, maxIterations: MAX_ITERATIONS_SEARCH });
    const score = silhouetteOf({ distances, labels, k });
    tried.set(k, score);
    return score;
  };
  const grid = gridOf(bound);
  for (const k of grid) scoreOf(k);
  const coarse = bestOf(tried);
  const at = grid.indexOf(coarse.k);
  if (coarse.k >= REFINE_FROM) {
    for (const neighbour of [grid[at - 1], grid[at + 1]]) if (neighbour !== undefined) scoreOf(Math.round((coarse.k + neighbour) / 2));
  }
  return bestOf(tried);
};

const bestOf = (tried: ReadonlyMap<number, number>): { k: number; silhouette: number } => {
  let best = { k: 1, silhouette: Number.NEGATIVE_INFINITY };
  for (const [k, silhouette] of tried) if (silhouette > best.silhouette) best = { k, silhouette };
  return best;
};

const squaredDistance = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
};
