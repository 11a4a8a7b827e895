import type { Partition } from './k-means.js';
import { type Points, squaredDistance } from './points.js';

/** Bounds that are kept, as numbers: 128 MB. With fewer bounds than centroids, neighbours share one. */
const BOUNDS_MAX = 32_000_000;
/** A pass that betters the inertia by less than this share is the last. */
const TOLERANCE = 1e-5;

export interface LloydOptions {
  /** Where the centroids begin, one a cluster. */
  readonly centroids: ArrayLike<ArrayLike<number>>;
  readonly maxIterations: number;
  readonly boundsMax?: number;
}

/**
 * Lloyd's k-means with the bounds of Ding et al. (2015, "Yinyang"): for each point an upper bound of the distance to its own centroid, and for each
 * group of centroids a lower bound of the distances to them. A pass computes only the distances that these leave open, and finds what a full one would.
 * A cluster that loses all its points starts again at the point that is farthest from its centroid.
 */
export const lloyd = (points: Points, { centroids, maxIterations, boundsMax = BOUNDS_MAX }: LloydOptions): Partition => {
  const state = new LloydState(points, centroids, Math.max(1, Math.min(centroids.length, Math.floor(boundsMax / points.count))));
  let iterations = 1;
  let inertia = state.assignAll();
  while (iterations < maxIterations) {
    state.moveCentroids();
    const moved = state.assignWhatMayChange();
    iterations += 1;
    if (moved === 0) break;
    if (iterations % CHECK_EVERY === 0) {
      const now = state.inertia();
      if (inertia - now < TOLERANCE * CHECK_EVERY * inertia) break;
      inertia = now;
    }
  }
  return { k: centroids.length, labels: state.labels, centroids: { count: centroids.length, dims: points.dims, data: state.centroids }, inertia: state.inertia(), iterations };
};

/** The inertia costs a distance a point, so it is not looked at after each pass. */
const CHECK_EVERY = 4;

class LloydState {
  readonly labels: Int32Array;
  readonly centroids: Float32Array;
  private readonly upper: Float32Array;
  private readonly lower: Float32Array;
  private readonly shifts: Float64Array;
  private readonly k: number;

  constructor(
    private readonly points: Points,
    start: ArrayLike<ArrayLike<number>>,
    private readonly groups: number,
  ) {
    this.k = start.length;
    this.labels = new Int32Array(points.count);
    this.centroids = new Float32Array(this.k * points.dims);
    for (let c = 0; c < this.k; c += 1) this.centroids.set(start[c] ?? [], c * points.dims);
    this.upper = new Float32Array(points.count);
    this.lower = new Float32Array(points.count * groups);
    this.shifts = new Float64Array(this.k);
  }

  /** Neighbours in number share a group. */
  private groupOf(c: number): number {
    return Math.floor((c * this.groups) / this.k);
  }

  private distance(i: number, c: number): number {
    return Math.sqrt(squaredDistance(this.points.data, i, this.centroids, c, this.points.dims));
  }

  /** What is not a point's nearest centroid bounds its group from below. */
  private bound(i: number, c: number, distance: number): void {
    const at = i * this.groups + this.groupOf(c);
    if (distance < (this.lower[at] as number)) this.lower[at] = distance;
  }

  inertia(): number {
    let sum = 0;
    for (let i = 0; i < this.points.count; i += 1) sum += squaredDistance(this.points.data, i, this.centroids, this.labels[i] as number, this.points.dims);
    return sum;
  }

  /** Every point to its nearest centroid, with all bounds exact. */
  assignAll(): number {
    const { lower } = this;
    lower.fill(Number.POSITIVE_INFINITY);
    let inertia = 0;
    for (let i = 0; i < this.points.count; i += 1) {
      let best = 0;
      let nearest = Number.POSITIVE_INFINITY;
      for (let c = 0; c < this.k; c += 1) {
        const distance = this.distance(i, c);
        if (distance < nearest) {
          this.bound(i, best, nearest);
          best = c;
          nearest = distance;
        } else this.bound(i, c, distance);
      }
      this.labels[i] = best;
      this.upper[i] = nearest;
      inertia += nearest * nearest;
    }
    return inertia;
  }

  moveCentroids(): void {
    const { dims, data, count } = this.points;
    const sums = new Float64Array(this.k * dims);
    const sizes = new Int32Array(this.k);
    for (let i = 0; i < count; i += 1) {
      const label = this.labels[i] as number;
      sizes[label] = (sizes[label] as number) + 1;
      for (let d = 0, at = i * dims, to = label * dims; d < dims; d += 1) sums[to + d] = (sums[to + d] as number) + (data[at + d] as number);
    }
    const taken = new Set<number>();
    for (let c = 0; c < this.k; c += 1) {
      const size = sizes[c] as number;
      const farthest = size === 0 ? this.farthest(sizes, taken) : -1;
      taken.add(farthest);
      let squares = 0;
      for (let d = 0; d < dims; d += 1) {
        const value = Math.fround(size > 0 ? (sums[c * dims + d] as number) / size : (data[farthest * dims + d] as number));
        squares += (value - (this.centroids[c * dims + d] as number)) ** 2;
        this.centroids[c * dims + d] = value;
      }
      this.shifts[c] = Math.sqrt(squares);
    }
  }

  /** The point worst served by its centroid that is not the only one there, nor taken for another empty cluster. */
  private farthest(sizes: Int32Array, taken: ReadonlySet<number>): number {
    let farthest = -1;
    for (let i = 0; i < this.points.count; i += 1) {
      const isFree = (sizes[this.labels[i] as number] as number) > 1 && !taken.has(i);
      if (isFree && (farthest < 0 || (this.upper[i] as number) > (this.upper[farthest] as number))) farthest = i;
    }
    return Math.max(0, farthest);
  }

  /** Returns how many points changed their cluster. */
  assignWhatMayChange(): number {
    const { groups, lower, upper, labels, shifts } = this;
    const groupShifts = new Float64Array(groups);
    for (let c = 0; c < this.k; c += 1) groupShifts[this.groupOf(c)] = Math.max(groupShifts[this.groupOf(c)] as number, shifts[c] as number);
    let moved = 0;
    for (let i = 0; i < this.points.count; i += 1) {
      const before = labels[i] as number;
      let own = (upper[i] as number) + (shifts[before] as number);
      let least = Number.POSITIVE_INFINITY;
      for (let g = 0, at = i * groups; g < groups; g += 1, at += 1) {
        const bound = (lower[at] as number) - (groupShifts[g] as number);
        lower[at] = bound;
        if (bound < least) least = bound;
      }
      if (own > least) {
        own = this.distance(i, before);
        if (own > least) own = this.reassign(i, own);
      }
      upper[i] = own;
      if (labels[i] !== before) moved += 1;
    }
    return moved;
  }

  /** Looks through the groups that may hold a nearer centroid; returns the distance to the nearest. */
  private reassign(i: number, ownDistance: number): number {
    const { groups, lower, k } = this;
    const before = this.labels[i] as number;
    let best = before;
    let nearest = ownDistance;
    for (let g = 0; g < groups; g += 1) {
      const at = i * groups + g;
      if ((lower[at] as number) >= nearest) continue;
      lower[at] = Number.POSITIVE_INFINITY;
      const last = Math.ceil(((g + 1) * k) / groups);
      for (let c = Math.ceil((g * k) / groups); c < last; c += 1) {
        if (c === before) continue;
        const distance = this.distance(i, c);
        if (distance < nearest) {
          this.bound(i, best, nearest);
          best = c;
          nearest = distance;
        } else this.bound(i, c, distance);
      }
    }
    // Bounds leave a point's own centroid out; the former one is an other now.
    if (best !== before) this.bound(i, before, ownDistance);
    this.labels[i] = best;
    return nearest;
  }
}
