import { createHash } from 'node:crypto';
import { chooseK } from './choose-k.js';
import { commonPatterns } from './common-patterns.js';
import type { Pattern } from './distinctiveness.js';
import { embedFailures, type FailureItem, type FailureVectors } from './embed-failures.js';
import { kMeans } from './k-means.js';
import { type Points, rowAt, rowsOf } from './points.js';
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
  /** The silhouette is taken on a sample of this size; k-means sees all failures. */
  readonly sampleMax?: number | undefined;
}

export const CLUSTER_DEFAULTS = { kMax: 10, seed: 1, sampleMax: 2_000, topics: 64, topicsMax: 160, representatives: 5, patterns: 8 } as const;

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
/** The number of clusters is looked for on so many: with fewer, small topics are not worth a cluster of their own. */
const SEARCH_SAMPLE = 5_000;
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
  const points = projectToTopics(vectors, { dims: topicsOf(items.length, k ?? kMax), seed });
  const { labels, silhouette } = split(points, { k, kMax, seed, sampleMax });
  const clusters = describe({ items, vectors, points, labels });
  return { clusters, k: clusters.length, silhouette };
};

/** Few items can show few topics: in more directions than these all are equally far from one another. Where there are to be more clusters, there are more topics. */
const topicsOf = (count: number, bound: number): number => {
  const most = Math.min(CLUSTER_DEFAULTS.topicsMax, Math.max(CLUSTER_DEFAULTS.topics, bound));
  return Math.min(most, Math.max(TOPICS_MIN, Math.round(count / ITEMS_A_TOPIC)));
};

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

const split = (points: Points, { k, kMax, seed, sampleMax }: { k: number | undefined; kMax: number; seed: number; sampleMax: number }): { labels: Int32Array; silhouette: number } => {
  const search = sampled(points, { size: SEARCH_SAMPLE, seed }).points;
  // More clusters than different points there cannot be; and where the number is to be found, two points a cluster are the least that shows one.
  const bound = k === undefined ? Math.min(kMax, differentOf(search, kMax), Math.floor(search.count / 2)) : Math.min(k, differentOf(points, k));
  if (bound < 2) return { labels: new Int32Array(points.count), silhouette: 0 };
  const chosen = k === undefined ? chooseK({ points: search, bound, seed }) : bound;
  const { labels } = kMeans(points, { k: chosen, seed });
  const { points: some, places } = sampled(points, { size: sampleMax, seed });
  return { labels, silhouette: silhouetteOf({ distances: distancesOf(some), labels: places.map((place) => labels[place] as number), k: chosen }) };
};

const sampled = (points: Points, { size, seed }: { size: number; seed: number }): { points: Points; places: number[] } => {
  const places = sampleOf({ count: points.count, size: Math.min(size, points.count), random: seededRandom(seed) });
  return { points: rowsOf(points, places), places };
};

/** How many different points there are, counted up to a limit. */
const differentOf = (points: Points, limit: number): number => {
  const different = new Set<string>();
  for (let i = 0; i < points.count && different.size < limit; i += 1) different.add(rowAt(points, i).join(' '));
  return different.size;
};

const describe = ({ items, vectors, points, labels }: { items: readonly FailureItem[]; vectors: FailureVectors; points: Points; labels: Int32Array }): FailureCluster[] => {
  const k = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const patterns = commonPatterns({ items, labels, k, limit: CLUSTER_DEFAULTS.patterns });
  const centroids = centroidsOf(vectors, labels, k);
  const places = Array.from({ length: k }, (): number[] => []);
  labels.forEach((label, i) => places[label]?.push(i));
  return places
    .flatMap((members, c) => {
      if (members.length === 0) return [];
      const near = nearestFirst({ members, points, items });
      const memberIds = near.map(({ id }) => id);
      return [{ clusterId: clusterIdOf(memberIds), memberIds, size: members.length, centroid: centroids[c] ?? new Float32Array(), representatives: representativesOf(near), commonPatterns: patterns[c] ?? [] }];
    })
    .sort((a, b) => b.size - a.size || (a.clusterId < b.clusterId ? -1 : 1));
};

/** Mean directions in the space of the embedding, which is the same in every analysis; topics are found anew in each. */
const centroidsOf = (vectors: FailureVectors, labels: Int32Array, k: number): Float32Array[] => {
  const sums = Array.from({ length: k }, () => new Float64Array(vectors.dims));
  for (let i = 0; i < vectors.count; i += 1) {
    const sum = sums[labels[i] as number] as Float64Array;
    const vector = vectors.at(i);
    for (let d = 0; d < sum.length; d += 1) sum[d] = (sum[d] as number) + (vector[d] as number);
  }
  return sums.map((sum) => Float32Array.from(toUnitLength(sum)));
};

interface Near {
  readonly id: string;
  readonly vector: Float32Array;
  readonly closeness: number;
}

const nearestFirst = ({ members, points, items }: { members: readonly number[]; points: Points; items: readonly FailureItem[] }): Near[] => {
  const centre = new Float64Array(points.dims);
  for (const i of members) for (let d = 0; d < points.dims; d += 1) centre[d] = (centre[d] as number) + (points.data[i * points.dims + d] as number);
  toUnitLength(centre);
  return members
    .map((i) => ({ id: items[i]?.id ?? '', vector: rowAt(points, i), closeness: dotOf(rowAt(points, i), centre) }))
    .sort((a, b) => b.closeness - a.closeness || (a.id < b.id ? -1 : 1));
};

const clusterIdOf = (memberIds: readonly string[]): string =>
  `cluster-${createHash('sha256').update([...memberIds].sort().join('\u0000')).digest('hex').slice(0, 16)}`;

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
