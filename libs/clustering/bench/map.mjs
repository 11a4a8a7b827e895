// The map of clusters: how much of who is near whom survives in the plane, how far places lie apart, and how far they move while failures come and go.
// Usage: RATCHET_DATA_DIR=folder node bench/map.mjs     (build the library first)
import { clusterFailures, layOut } from '@ratchet/clustering';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { intentsOf } from './texts.mjs';

const WEEKS = 6;
/** Failures that another week replaces. */
const NEW_SHARE = 0.12;
const FAILURES_MAX = 3_000;
/** Of its former failures, in the cluster that goes on as it. */
const SAME_SHARE = 0.3;

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const dot = (a, b) => a.reduce((sum, value, d) => sum + value * b[d], 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Principal components of the centroids, whose signs are as they come. */
const components = (vectors) => {
  const centre = vectors[0].map((_, d) => mean(vectors.map((vector) => vector[d])));
  const centred = vectors.map((vector) => vector.map((value, d) => value - centre[d]));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(centred.map((a) => centred.map((b) => dot(a, b)))), { assumeSymmetric: true });
  const [first, second] = realEigenvalues.map((value, axis) => ({ value, axis })).sort((a, b) => b.value - a.value);
  const along = ({ value, axis }, i) => Math.sqrt(Math.max(0, value)) * eigenvectorMatrix.get(i, axis);
  return vectors.map((_, i) => ({ x: along(first, i), y: along(second, i) }));
};

/** Trustworthiness (Venna and Kaski 2001), and the share of each one's `n` nearest that it keeps. */
const faithfulness = (far, places, n) => {
  const k = places.length;
  let penalty = 0;
  let kept = 0;
  for (let i = 0; i < k; i += 1) {
    const others = [...places.keys()].filter((j) => j !== i);
    const ranks = new Map(others.toSorted((a, b) => far[i][a] - far[i][b]).map((j, place) => [j, place + 1]));
    for (const j of others.toSorted((a, b) => distance(places[i], places[a]) - distance(places[i], places[b])).slice(0, n)) {
      if (ranks.get(j) > n) penalty += ranks.get(j) - n;
      else kept += 1;
    }
  }
  return { trustworthiness: 1 - (2 * penalty) / (k * n * (2 * k - 3 * n - 1)), kept: kept / (k * n) };
};

const shuffled = (rows) => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return rows.map((row) => ({ row, at: random() })).sort((a, b) => a.at - b.at).map(({ row }) => row);
};

/** Which cluster goes on as which of the week before: the pair that shares most failures first. */
const goesOnAs = (clusters, before) => {
  const pairs = clusters.flatMap(({ memberIds }, i) => {
    const mine = new Set(memberIds);
    return before.map((other, j) => ({ i, j, kept: other.memberIds.filter((id) => mine.has(id)).length, of: other.memberIds.length }));
  });
  const matched = new Map();
  for (const { i, j } of pairs.filter(({ kept, of }) => kept >= SAME_SHARE * of).sort((a, b) => b.kept - a.kept)) if (!matched.has(i) && ![...matched.values()].includes(j)) matched.set(i, j);
  return matched;
};

const METHODS = {
  'principal components': (vectors) => components(vectors),
  'laid out anew each time': (vectors) => layOut(vectors),
  'as the product does': (vectors, former) => layOut(vectors, { former }),
};

console.log('| failures | clusters | places | trustworthiness | neighbours kept | least distance, of the width | moved in a week, of the width | ms |\n| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [file, kMax] of [['natcs_intents', 10], ['clinc150', 10], ['natcs_intents', 40], ['clinc150', 40], ['banking77', 40]]) {
  const rows = intentsOf(`${file}.jsonl`, ({ intent }) => intent !== 'oos');
  if (rows === undefined) continue;
  const all = [...new Map(shuffled(rows).map((row) => [row.text, row])).values()];
  const size = Math.min(FAILURES_MAX, Math.floor(all.length * 0.6));
  const weeks = Array.from({ length: WEEKS }, (_, week) => clusterFailures(all.slice(Math.floor(week * size * NEW_SHARE)).slice(0, size).map(({ text }) => ({ id: text, query: text })), { kMax }).clusters);
  for (const [name, place] of Object.entries(METHODS)) {
    let before;
    const measured = weeks.map((clusters) => {
      const vectors = clusters.map(({ centroid }) => [...centroid]);
      const matched = before ? goesOnAs(clusters, before.clusters) : new Map();
      const started = performance.now();
      const places = place(vectors, before && clusters.map((_, i) => before.places[matched.get(i)]));
      const ms = performance.now() - started;
      const far = vectors.map((a) => vectors.map((b) => 1 - dot(a, b)));
      const apart = places.flatMap((a, i) => places.slice(i + 1).map((b) => distance(a, b)));
      const width = Math.max(...apart);
      const moved = [...matched].map(([i, j]) => distance(places[i], before.places[j]) / width);
      before = { clusters, places };
      return { ...faithfulness(far, places, clusters.length < 15 ? 2 : 5), least: Math.min(...apart) / width, moved: moved.length > 0 ? mean(moved) : undefined, ms };
    });
    const of = (key) => mean(measured.map((one) => one[key]).filter((value) => value !== undefined));
    console.log(`| ${file}: ${size} | ${weeks.map(({ length }) => length).join(', ')} | ${name} | ${of('trustworthiness').toFixed(2)} | ${(100 * of('kept')).toFixed(0)} % | ${(100 * of('least')).toFixed(1)} % | ${(100 * of('moved')).toFixed(0)} % | ${of('ms').toFixed(1)} |`);
  }
}
