import { kMeans, type Partition } from './k-means.js';
import type { Points } from './points.js';
import { distancesOf, silhouetteOf } from './silhouette.js';

/** While the number is looked for, a rough partition tells enough. */
const MAX_ITERATIONS_SEARCH = 20;
/** Apart enough that one more step is worth a try. */
const REFINE_FROM = 8;
/** With fewer points, a handful that happen to lie close pass for a narrow Gaussian, and the silhouette goes less astray. */
const BIC_FROM = 100;
/** So many numbers in a row without a better one, and the best is behind. */
const WITHOUT_GAIN_MAX = 4;

/** Numbers of clusters to try: every one up to 6, then steps of about a quarter. */
export const gridOf = (bound: number): number[] => {
  const grid: number[] = [];
  for (let k = 2; k <= bound; k = k < 6 ? k + 1 : Math.ceil(k * 1.25)) grid.push(k);
  if (grid.at(-1) !== bound && bound >= 2) grid.push(bound);
  return grid;
};

/**
 * The Bayesian information criterion of a partition as round Gaussians of one variance (Pelleg and Moore 2000, X-means): how likely the points are, less
 * what the clusters' parameters cost. Greater is better.
 */
export const bicOf = (points: Points, { labels, inertia, k }: Pick<Partition, 'labels' | 'inertia' | 'k'>): number => {
  const { count: n, dims } = points;
  const sizes = new Float64Array(k);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  // Points that repeat, with a cluster for each, have no variance; the least that a float shows stands for it.
  const variance = Math.max(inertia / (dims * Math.max(1, n - k)), 1e-9);
  const mixture = sizes.reduce((sum, size) => (size > 0 ? sum + size * Math.log(size / n) : sum), 0);
  const likelihood = mixture - ((n * dims) / 2) * Math.log(2 * Math.PI * variance) - (dims * (n - k)) / 2;
  return likelihood - ((k * (dims + 1)) / 2) * Math.log(n);
};

/**
 * The number of clusters, from 2 to the bound, with the best BIC (of fewer than 100 points, the best silhouette): first on a grid, until it only falls, then half way to its best number's neighbours.
 * ADR 9 compares criteria.
 */
export const chooseK = ({ points, bound, seed }: { points: Points; bound: number; seed: number }): number => {
  const tried = new Map<number, number>();
  const scoreOf = criterionFor(points);
  const tryOne = (k: number): void => {
    if (!tried.has(k)) tried.set(k, scoreOf(kMeans(points, { k, seed, starts: 1, maxIterations: MAX_ITERATIONS_SEARCH })));
  };
  const grid = gridOf(bound);
  for (const [at, k] of grid.entries()) {
    tryOne(k);
    if (at - grid.indexOf(bestOf(tried)) >= WITHOUT_GAIN_MAX) break;
  }
  const coarse = bestOf(tried);
  const at = grid.indexOf(coarse);
  if (coarse >= REFINE_FROM) {
    for (const neighbour of [grid[at - 1], grid[at + 1]]) if (neighbour !== undefined) tryOne(Math.round((coarse + neighbour) / 2));
  }
  return bestOf(tried);
};

const criterionFor = (points: Points): ((found: Partition) => number) => {
  if (points.count >= BIC_FROM) return (found) => bicOf(points, found);
  const distances = distancesOf(points);
  return ({ labels, k }) => silhouetteOf({ distances, labels, k });
};

const bestOf = (tried: ReadonlyMap<number, number>): number => {
  let best = 1;
  let most = Number.NEGATIVE_INFINITY;
  for (const [k, score] of tried) {
    if (score <= most) continue;
    best = k;
    most = score;
  }
  return best;
};
