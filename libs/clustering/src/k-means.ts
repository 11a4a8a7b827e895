import { lloyd } from './lloyd.js';
import { type Points, rowAt, rowsOf } from './points.js';
import { sampleOf, seededRandom } from './random.js';
import { seedCentroids } from './seeding.js';

/** A partition of points in `k` groups. */
export interface Partition {
  readonly k: number;
  /** One a point, 0 to k - 1. */
  readonly labels: Int32Array;
  /** k rows. */
  readonly centroids: Points;
  /** Sum of squared distances of the points to their centroids. */
  readonly inertia: number;
  /** Passes over all points until nothing moved, or little. */
  readonly iterations: number;
}

export interface KMeansOptions {
  readonly k: number;
  readonly seed: number;
  /** Starts on the sample; the best goes on with all points. */
  readonly starts?: number;
  /** Passes over all points. */
  readonly maxIterations?: number;
}

const SAMPLE_ITERATIONS = 25;
const MAX_ITERATIONS = 60;
/** Starts on the sample; many clusters cost more a start, and differ less from one to the next. */
const STARTS = { few: 6, many: 3, manyFrom: 60 };
/** The starts look at this many points a cluster: enough that each topic of some size is among them. */
const SAMPLED_A_CLUSTER = 25;
const SAMPLED_MIN = 4_000;

/**
 * K-means of any number of points: several starts on a sample, the best of which goes on with all points. Every pass looks only at what can have
 * changed. Throws a RangeError for a `k` below 1 or above the number of points.
 */
export const kMeans = (points: Points, { k, seed, starts = k < STARTS.manyFrom ? STARTS.few : STARTS.many, maxIterations = MAX_ITERATIONS }: KMeansOptions): Partition => {
  if (!Number.isInteger(k) || k < 1 || k > points.count) throw new RangeError(`k must be a whole number from 1 to ${points.count}, the number of points, not ${k}.`);
  if (!Number.isInteger(starts) || starts < 1) throw new RangeError(`starts must be a whole number from 1 on, not ${starts}.`);
  const random = seededRandom(seed);
  const size = Math.min(points.count, Math.max(SAMPLED_MIN, SAMPLED_A_CLUSTER * k));
  const sample = size === points.count ? points : rowsOf(points, sampleOf({ count: points.count, size, random }));
  const begin = (): Partition => lloyd(sample, { centroids: seedCentroids(sample, { k, random }), maxIterations: sample === points ? maxIterations : SAMPLE_ITERATIONS });
  let best = begin();
  for (let start = 1; start < starts; start += 1) {
    const found = begin();
    if (found.inertia < best.inertia) best = found;
  }
  return sample === points ? best : lloyd(points, { centroids: Array.from({ length: k }, (_, c) => rowAt(best.centroids, c)), maxIterations });
};
