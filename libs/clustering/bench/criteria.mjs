// Which criterion finds the number of topics: each one's choice on intents that people labelled, and how well that partition agrees with them.
// Usage: RATCHET_DATA_DIR=folder node bench/criteria.mjs     (build the library first; ADR 9 is made of what it prints)
import { distancesOf, embedFailures, gridOf, kMeans, projectToTopics, silhouetteOf } from '@ratchet/clustering';
import { agreement } from './agreement.mjs';
import { intentsOf } from './texts.mjs';

/** Criteria that need many more partitions are left out of larger sets. */
const SLOW_UP_TO = 1_000;
const TEXTS_MAX = 4_000;
const REFERENCES = 3;
const FOLDS = 2;

const squared = (points, i, centroids, c) => {
  let sum = 0;
  for (let d = 0; d < points.dims; d += 1) sum += (points.data[i * points.dims + d] - centroids.data[c * points.dims + d]) ** 2;
  return sum;
};
const subset = (points, places) => {
  const data = new Float32Array(places.length * points.dims);
  places.forEach((place, i) => data.set(points.data.subarray(place * points.dims, (place + 1) * points.dims), i * points.dims));
  return { count: places.length, dims: points.dims, data };
};
const sizesOf = (labels, k) => labels.reduce((sizes, label) => ((sizes[label] += 1), sizes), new Array(k).fill(0));

const calinskiHarabasz = (points, { inertia, k }) => {
  const [whole] = [kMeans(points, { k: 1, seed: 1 })];
  return ((whole.inertia - inertia) / (k - 1)) / (inertia / (points.count - k));
};
const daviesBouldin = (points, { labels, centroids, k }) => {
  const sizes = sizesOf(labels, k);
  const spread = new Array(k).fill(0);
  labels.forEach((label, i) => (spread[label] += Math.sqrt(squared(points, i, centroids, label)) / sizes[label]));
  const worst = spread.map((own, a) => Math.max(...spread.map((other, b) => (a === b ? 0 : (own + other) / Math.max(1e-9, Math.sqrt(squared({ ...centroids }, a, centroids, b)))))));
  return -worst.reduce((sum, value) => sum + value, 0) / k;
};
/** Spherical Gaussians of one variance (Pelleg and Moore 2000, X-means). */
const bic = (points, { labels, inertia, k }) => {
  const [n, d] = [points.count, points.dims];
  const variance = inertia / (d * Math.max(1, n - k));
  const likelihood = sizesOf(labels, k).reduce((sum, size) => sum + (size > 0 ? size * Math.log(size / n) : 0), 0) - ((n * d) / 2) * Math.log(2 * Math.PI * variance) - (d * (n - k)) / 2;
  return likelihood - ((k * (d + 1)) / 2) * Math.log(n);
};
/** Tibshirani and Walther (2005): the least share, over clusters of one half, of pairs that the other half's centroids keep together. Its rule: the largest k above 0.8; here the greatest mean over clusters. */
const predictionStrength = (points, k) => {
  const halves = Array.from({ length: FOLDS }, (_, fold) => subset(points, Array.from({ length: points.count }, (_, i) => i).filter((i) => i % FOLDS === fold)));
  const [learnt, tested] = halves.map((half) => kMeans(half, { k: Math.min(k, half.count), seed: 1 }));
  const told = Array.from({ length: halves[1].count }, (_, i) => {
    let [best, least] = [0, Infinity];
    for (let c = 0; c < learnt.k; c += 1) {
      const distance = squared(halves[1], i, learnt.centroids, c);
      if (distance < least) [best, least] = [c, distance];
    }
    return best;
  });
  return agreement([...tested.labels], told).ari;
};
/** Tibshirani, Walther and Hastie (2001), with references that are uniform in the box of the data. */
const gap = (points, k, { inertia }) => {
  const bounds = Array.from({ length: points.dims }, (_, d) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < points.count; i += 1) [low, high] = [Math.min(low, points.data[i * points.dims + d]), Math.max(high, points.data[i * points.dims + d])];
    return [low, high];
  });
  let state = 12_345;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
  let sum = 0;
  for (let reference = 0; reference < REFERENCES; reference += 1) {
    const data = Float32Array.from({ length: points.data.length }, (_, at) => bounds[at % points.dims][0] + random() * (bounds[at % points.dims][1] - bounds[at % points.dims][0]));
    sum += Math.log(kMeans({ ...points, data }, { k, seed: 1, starts: 1 }).inertia);
  }
  return sum / REFERENCES - Math.log(inertia);
};

const every = (rows, max) => rows.filter((_, i) => rows.length <= max || Math.floor((i * max) / rows.length) !== Math.floor(((i - 1) * max) / rows.length));
const natcs = intentsOf('natcs_intents.jsonl');
const clinc = intentsOf('clinc150.jsonl', ({ split, intent }) => split === 'val' && intent !== 'oos');
const allClinc = intentsOf('clinc150.jsonl', ({ intent }) => intent !== 'oos');
const banking = intentsOf('banking77.jsonl');
const firstIntents = (rows, count) => {
  const kept = new Set([...new Set(rows.map(({ intent }) => intent))].sort().filter((_, i, all) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length)));
  return rows.filter(({ intent }) => kept.has(intent));
};

const misses = new Map();
console.log('| texts | intents | criterion | k chosen | adjusted Rand | CPU |\n| --- | --- | --- | --- | --- | --- |');
for (const [name, rows, max = SLOW_UP_TO] of [
  ...(clinc === undefined ? [] : [4, 8, 16, 40].map((count) => [`CLINC150, ${count} of its intents`, firstIntents(clinc, count)])),
  ...(banking === undefined ? [] : [8, 20].map((count) => [`BANKING77, ${count} of its intents`, firstIntents(banking, count)])),
  ...(banking === undefined ? [] : [['BANKING77, all', banking, TEXTS_MAX]]),
  ...(allClinc === undefined ? [] : [['CLINC150, all', allClinc, TEXTS_MAX]]),
  ...(natcs === undefined ? [] : [['NatCS insurance', natcs]]),
]) {
  const texts = every(rows, max);
  const truth = texts.map(({ intent }) => intent);
  const intents = new Set(truth).size;
  const points = projectToTopics(embedFailures(texts.map(({ text }, i) => ({ id: `${i}`, query: text }))), { dims: Math.min(96, Math.max(4, Math.round(texts.length / 6))), seed: 1 });
  const distances = distancesOf(points);
  const tried = gridOf(Math.min(200, Math.floor(texts.length / 4))).map((k) => kMeans(points, { k, seed: 1, starts: 1 }));
  const criteria = {
    silhouette: (one) => silhouetteOf({ distances, labels: one.labels, k: one.k }),
    'Calinski-Harabasz': (one) => calinskiHarabasz(points, one),
    'Davies-Bouldin': (one) => daviesBouldin(points, one),
    'BIC (X-means)': (one) => bic(points, one),
    ...(texts.length <= SLOW_UP_TO && { 'gap statistic': (one) => gap(points, one.k, one), 'prediction strength': (one) => predictionStrength(points, one.k) }),
  };
  for (const [criterion, score] of Object.entries(criteria)) {
    const before = process.cpuUsage().user;
    const scored = tried.map((one) => ({ one, score: score(one) }));
    const { one } = scored.reduce((best, next) => (next.score > best.score ? next : best));
    const { ari } = agreement(truth, [...one.labels]);
    if (texts.length <= SLOW_UP_TO) misses.set(criterion, [...(misses.get(criterion) ?? []), { octaves: Math.abs(Math.log2(one.k / intents)), ari }]);
    console.log(`| ${name}: ${texts.length} texts | ${intents} | ${criterion} | ${one.k} | ${ari.toFixed(3)} | ${((process.cpuUsage().user - before) / 1e6).toFixed(1)} s |`);
  }
}
console.log('\nOver the sets of 1,000 texts and fewer:\n| criterion | off by a factor of, on the mean | adjusted Rand, mean |\n| --- | --- | --- |');
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
for (const [criterion, found] of misses) console.log(`| ${criterion} | ${(2 ** mean(found.map(({ octaves }) => octaves))).toFixed(2)} | ${mean(found.map(({ ari }) => ari)).toFixed(3)} |`);
