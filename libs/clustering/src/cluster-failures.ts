import { createHash } from 'node:crypto';
import { chooseK, type Partition, partition } from './choose-k.js';
import { commonPatterns, type Pattern } from './common-patterns.js';
import { embedFailures, type FailureItem } from './embed-failures.js';
import { projectToTopics } from './project.js';
import { sampleOf, seededRandom } from './random.js';
import { distancesOf, silhouetteOf } from './silhouette.js';
import { dotOf, toUnitLength } from './vectors.js';

export interface ClusterOptions {
  /** Exactly this many clusters (fewer only where there are fewer different items). */
  readonly k?: number | undefined;
  /** Where `k` is not given, the data choose it up to this bound. The default is the article's number of clusters; broad products want more. */
  readonly kMax?: number | undefined;
  readonly seed?: number | undefined;
  /** K-means and silhouette see a sample of this size; the others join the nearest cluster. */
  readonly sampleMax?: number | undefined;
}

export const CLUSTER_DEFAULTS = { kMax: 10, seed: 1, sampleMax: 2_000, topics: 96, representatives: 5, patterns: 8 } as const;

/** Failures that are alike. */
export interface FailureCluster {
  /** Derived from the members, so the same members make the same id. */
  readonly clusterId: string;
  /** Nearest to the centre first. */
  readonly memberIds: readonly string[];
  readonly size: number;
  /** Unit length, in the space of the embedding (hashed n-grams, or the vectors given). */
  readonly centroid: Float32Array;
  /** Ids of up to 5 members near the centre that differ from one another. */
  readonly representatives: readonly string[];
  readonly commonPatterns: readonly Pattern[];
}

export interface Clustering {
  /** Largest first. */
  readonly clusters: readonly FailureCluster[];
  readonly k: number;
  /** -1 to 1, on the sample; 0 for a single cluster. */
  readonly silhouette: number;
}

const TOPICS_MIN = 4;
const ITEMS_A_TOPIC = 6;
/** Starts of the final k-means; the best is kept. */
const STARTS = 2;
const SEARCH_SAMPLE = 800;
const POINTS_A_CLUSTER = 8;
/** Representatives are looked for among this many members nearest to the centre. */
const NEAREST_CONSIDERED = 60;
/** How much being unlike the others chosen counts against being near the centre. */
const VARIETY = 0.5;

/** Groups failures by what was asked and answered. Throws a RangeError for a `k` or `kMax` that is no positive integer, or ids that repeat. */
export const clusterFailures = (given: readonly FailureItem[], options: ClusterOptions = {}): Clustering => {
  const { k, kMax = CLUSTER_DEFAULTS.kMax, seed = CLUSTER_DEFAULTS.seed, sampleMax = CLUSTER_DEFAULTS.sampleMax } = options;
  check(given, { k, kMax, sampleMax });
  // In one order whatever the order given, so that the same failures make the same clusters.
  const items = [...given].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (items.length === 0) return { clusters: [], k: 0, silhouette: 0 };
  const vectors = embedFailures(items);
  const space = projectToTopics(vectors, { dims: topicsOf(items.length, k), seed });
  const sample = sampleOf({ count: items.length, size: Math.min(sampleMax, items.length), random: seededRandom(seed) });
  const points = sample.map((i) => Array.from(space[i] ?? []));
  const bound = boundOf(points, { k, kMax });
  const { found, silhouette } = bound < 2 ? { found: single(points), silhouette: 0 } : split(points, { bound, seed, isGiven: k !== undefined });
  const labels = space.map((point) => nearest(point, found.centroids));
  sample.forEach((place, i) => (labels[place] = found.labels[i] ?? 0));
  const clusters = describe({ items, vectors, labels, k: found.k });
  return { clusters, k: clusters.length, silhouette };
};

/** Few items can show few topics: in more directions than these all are equally far from one another. */
const topicsOf = (count: number, k = 0): number => Math.min(CLUSTER_DEFAULTS.topics, Math.max(TOPICS_MIN, k, Math.round(count / ITEMS_A_TOPIC)));

const check = (items: readonly FailureItem[], { k, kMax, sampleMax }: { k: number | undefined; kMax: number; sampleMax: number }): void => {
  for (const [name, value] of Object.entries({ k: k ?? 1, kMax, sampleMax })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a positive whole number, not ${value}.`);
  }
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw new RangeError(`The id "${id}" stands twice: give every failure an id of its own.`);
    seen.add(id);
  }
};

/** More clusters than different points there cannot be; and where the number is to be found, two points a cluster are the least that shows one. */
const boundOf = (points: readonly number[][], { k, kMax }: { k: number | undefined; kMax: number }): number => {
  const different = new Set(points.map((point) => point.join(' '))).size;
  return k === undefined ? Math.min(kMax, different, Math.floor(points.length / 2)) : Math.min(k, different);
};

const single = (points: readonly number[][]): Partition => ({ labels: points.map(() => 0), centroids: [points[0] ?? []], k: 1, inertia: 0 });

const split = (points: number[][], { bound, seed, isGiven }: { bound: number; seed: number; isGiven: boolean }): { found: Partition; silhouette: number } => {
  const distances = distancesOf(points);
  const k = isGiven ? bound : numberOfClusters(points, { bound, seed, distances });
  const found = partition(points, { k, seed, starts: STARTS });
  return { found, silhouette: silhouetteOf({ distances, labels: found.labels, k }) };
};

/** The number is looked for on an even part of the sample: a dozen k-means on all of it would take most of the time. */
const numberOfClusters = (points: number[][], { bound, seed, distances }: { bound: number; seed: number; distances: Float32Array }): number => {
  const step = Math.floor(points.length / Math.max(SEARCH_SAMPLE, bound * POINTS_A_CLUSTER));
  if (step < 2) return chooseK({ points, distances, bound, seed }).k;
  const part = points.filter((_, i) => i % step === 0);
  return chooseK({ points: part, distances: distancesOf(part), bound, seed }).k;
};

const nearest = (point: ArrayLike<number>, centroids: readonly (readonly number[])[]): number => {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  centroids.forEach((centroid, c) => {
    let distance = 0;
    for (let i = 0; i < centroid.length; i += 1) distance += ((point[i] ?? 0) - (centroid[i] ?? 0)) ** 2;
    if (distance < least) {
      least = distance;
      best = c;
    }
  });
  return best;
};

const describe = ({ items, vectors, labels, k }: { items: readonly FailureItem[]; vectors: readonly Float32Array[]; labels: readonly number[]; k: number }): FailureCluster[] => {
  const patterns = commonPatterns({ texts: items.map(({ query }) => query), labels, k, limit: CLUSTER_DEFAULTS.patterns });
  const places = Array.from({ length: k }, (): number[] => []);
  labels.forEach((label, i) => places[label]?.push(i));
  return places
    .flatMap((members, c) => {
      if (members.length === 0) return [];
      const centroid = centreOf(members.map((i) => vectors[i] ?? new Float32Array()));
      const near = members
        .map((i) => ({ id: items[i]?.id ?? '', vector: vectors[i] ?? new Float32Array(), closeness: dotOf(vectors[i] ?? [], centroid) }))
        .sort((a, b) => b.closeness - a.closeness || (a.id < b.id ? -1 : 1));
      const memberIds = near.map(({ id }) => id);
      return [{ clusterId: clusterIdOf(memberIds), memberIds, size: members.length, centroid, representatives: representativesOf(near), commonPatterns: patterns[c] ?? [] }];
    })
    .sort((a, b) => b.size - a.size || (a.clusterId < b.clusterId ? -1 : 1));
};

const centreOf = (vectors: readonly Float32Array[]): Float32Array => {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  return Float32Array.from(toUnitLength(sum));
};

const clusterIdOf = (memberIds: readonly string[]): string =>
  `cluster-${createHash('sha256').update([...memberIds].sort().join('\u0000')).digest('hex').slice(0, 16)}`;

interface Near {
  readonly id: string;
  readonly vector: Float32Array;
  readonly closeness: number;
}

/** Maximal marginal relevance (Carbonell and Goldstein 1998): near the centre, yet unlike those already chosen. */
const representativesOf = (near: readonly Near[]): string[] => {
  const candidates = near.slice(0, NEAREST_CONSIDERED);
  const chosen: Near[] = [];
  while (chosen.length < CLUSTER_DEFAULTS.representatives && candidates.length > 0) {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    candidates.forEach(({ vector, closeness }, i) => {
      const score = closeness - VARIETY * Math.max(0, ...chosen.map((other) => dotOf(vector, other.vector)));
      if (score > bestScore) {
        bestScore = score;
        best = i;
      }
    });
    chosen.push(...candidates.splice(best, 1));
  }
  return chosen.map(({ id }) => id);
};
