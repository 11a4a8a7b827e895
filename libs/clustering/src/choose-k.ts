import { kMeans } from './k-means.js';
import type { Points } from './points.js';
import { distancesOf, silhouetteOf } from './silhouette.js';

/** While the number is looked for, a rough partition tells enough. */
const MAX_ITERATIONS_SEARCH = 20;
/** Apart enough that one more step is worth a try. */
const REFINE_FROM = 8;

/** Numbers of clusters to try: every one up to 6, then steps of about a quarter. */
export const gridOf = (bound: number): number[] => {
  const grid: number[] = [];
  for (let k = 2; k <= bound; k = k < 6 ? k + 1 : Math.ceil(k * 1.25)) grid.push(k);
  if (grid.at(-1) !== bound && bound >= 2) grid.push(bound);
  return grid;
};

/**
 * The number of clusters, from 2 to the bound, with the greatest mean silhouette: first on a grid, then half way to its best number's
 * neighbours (ADR 9 compares this with other criteria).
 */
export const chooseK = ({ points, bound, seed }: { points: Points; bound: number; seed: number }): { k: number; silhouette: number } => {
  const distances = distancesOf(points);
  const tried = new Map<number, number>();
  const scoreOf = (k: number): void => {
    if (tried.has(k)) return;
    const { labels } = kMeans(points, { k, seed, starts: 1, maxIterations: MAX_ITERATIONS_SEARCH });
    tried.set(k, silhouetteOf({ distances, labels, k }));
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
