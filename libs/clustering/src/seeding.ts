import { type Points, rowAt, squaredDistance } from './points.js';

/**
 * First centroids by greedy k-means++ (Arthur and Vassilvitskii 2007): each next one is drawn with a chance that grows with the squared distance to
 * those before; of `2 + ln k` draws, the one that leaves the least is taken. Where points are fewer than `k` different ones, some repeat.
 */
export const seedCentroids = (points: Points, { k, random }: { k: number; random: () => number }): Float32Array[] => {
  const draws = 2 + Math.floor(Math.log(k));
  const chosen = [Math.floor(random() * points.count)];
  let nearest = new Float64Array(points.count).fill(Number.POSITIVE_INFINITY);
  let left = withNext(points, { nearest, next: chosen[0] as number, into: nearest });
  let tried = new Float64Array(points.count);
  while (chosen.length < k) {
    let best = { next: 0, left: Number.POSITIVE_INFINITY, nearest };
    for (let draw = 0; draw < draws; draw += 1) {
      const next = drawn(nearest, random() * left);
      const leaves = withNext(points, { nearest, next, into: tried });
      if (leaves >= best.left) continue;
      const spare = best.nearest === nearest ? new Float64Array(points.count) : best.nearest;
      best = { next, left: leaves, nearest: tried };
      tried = spare;
    }
    chosen.push(best.next);
    ({ left, nearest } = best);
  }
  return chosen.map((i) => rowAt(points, i).slice());
};

/** Squared distances to the nearest of the chosen and `next`, and their sum. */
const withNext = (points: Points, { nearest, next, into }: { nearest: Float64Array; next: number; into: Float64Array }): number => {
  let sum = 0;
  for (let i = 0; i < points.count; i += 1) {
    const distance = Math.min(nearest[i] as number, squaredDistance(points.data, i, points.data, next, points.dims));
    into[i] = distance;
    sum += distance;
  }
  return sum;
};

/** The point at which the running sum of distances reaches `target`. */
const drawn = (distances: Float64Array, target: number): number => {
  let sum = 0;
  for (let i = 0; i < distances.length; i += 1) {
    sum += distances[i] as number;
    if (sum > target) return i;
  }
  return distances.length - 1;
};
