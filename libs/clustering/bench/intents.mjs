// How well clusters match intents that people labelled: NMI and purity, with the number of clusters given and found.
// Usage: RATCHET_DATA_DIR=folder node bench/intents.mjs     (build the library first; reads natcs_intents.jsonl and clinc150.jsonl)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFailures } from '@ratchet/clustering';

const folder = process.env.RATCHET_DATA_DIR;
if (!folder) {
  console.error('Set RATCHET_DATA_DIR to the folder with natcs_intents.jsonl and clinc150.jsonl.');
  process.exit(3);
}
const read = (file, keep) =>
  readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)).filter(keep);

const tally = (keys) => keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map());
const entropy = (counts, n) => -[...counts.values()].reduce((sum, count) => sum + (count / n) * Math.log(count / n), 0);
const compare = (truth, found) => {
  const n = truth.length;
  const joint = tally(truth.map((label, i) => `${label}\u0000${found[i]}`));
  const [a, b] = [entropy(tally(truth), n), entropy(tally(found), n)];
  const largest = new Map();
  for (const [key, count] of joint) {
    const cluster = key.slice(key.indexOf('\u0000') + 1);
    largest.set(cluster, Math.max(largest.get(cluster) ?? 0, count));
  }
  return { nmi: (2 * (a + b - entropy(joint, n))) / (a + b), purity: [...largest.values()].reduce((sum, count) => sum + count, 0) / n };
};

const run = (name, rows, options) => {
  const started = Date.now();
  const { clusters, k, silhouette } = clusterFailures(rows.map(({ text }, i) => ({ id: `${i}`, query: text })), options);
  const found = new Array(rows.length);
  for (const { clusterId, memberIds } of clusters) for (const id of memberIds) found[Number(id)] = clusterId;
  const { nmi, purity } = compare(rows.map(({ intent }) => intent), found);
  console.log(`${name.padEnd(26)} ${JSON.stringify(options).padEnd(14)} k ${String(k).padEnd(4)} NMI ${nmi.toFixed(3)} purity ${purity.toFixed(3)} silhouette ${silhouette.toFixed(3)} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return clusters;
};

const natcs = read('natcs_intents.jsonl', () => true);
const clinc = read('clinc150.jsonl', ({ split, intent }) => split === 'val' && intent !== 'oos');
for (const [name, rows, kMax] of [['NatCS insurance', natcs, 60], ['CLINC150 val', clinc, 200]]) {
  const intents = new Set(rows.map(({ intent }) => intent)).size;
  console.log(`${name}: ${rows.length} texts, ${intents} intents`);
  run(name, rows, { kMax: 10 });
  run(name, rows, { k: intents });
  const clusters = run(name, rows, { kMax });
  for (const { size, commonPatterns } of clusters.slice(0, 3)) console.log(`    ${size}: ${commonPatterns.map(({ words }) => words).join(', ')}`);
}
