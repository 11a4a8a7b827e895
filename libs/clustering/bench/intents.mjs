// How well clusters match intents that people labelled, by `ratchet cluster` and by scikit-learn on the same vectors: adjusted Rand index and purity.
// Usage: RATCHET_DATA_DIR=folder node bench/intents.mjs     (build library and command line first)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedFailures, projectToTopics } from '@ratchet/clustering';
import { agreement } from './agreement.mjs';
import { Scikit } from './scikit.mjs';
import { intentsOf } from './texts.mjs';

const K_MAX = 200;
/** ARI of another seed differs by so much. */
const SLACK = 0.03;
const cli = fileURLToPath(new URL('../../../apps/cli/bin/ratchet.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ratchet-intents-'));
const file = join(folder, 'failures.jsonl');

/** The partition that the command prints, in the order of the texts. */
const ratchetCluster = (args) => {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'cluster', file, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`ratchet cluster ended with ${status}: ${stderr}`);
  const found = stdout.trim().split('\n').map((line) => JSON.parse(line).cluster);
  return { found, k: new Set(found).size, seconds: (performance.now() - started) / 1_000 };
};
const shown = (truth, found) => {
  const { ari, purity, nmi } = agreement(truth, found);
  return `${ari.toFixed(3)} | ${purity.toFixed(3)} | ${nmi.toFixed(3)}`;
};
/** What the command clusters: the hashed vectors, and their topics, in which k-means runs. */
const spacesOf = (rows, bound) => {
  const vectors = embedFailures(rows.map(({ text }, i) => ({ id: `${i}`, query: text })));
  const data = new Float32Array(vectors.count * vectors.dims);
  for (let i = 0; i < vectors.count; i += 1) data.set(vectors.at(i), i * vectors.dims);
  return { hashed: { count: vectors.count, dims: vectors.dims, data }, topics: projectToTopics(vectors, { dims: Math.min(160, Math.max(96, bound), Math.round(rows.length / 6)), seed: 1 }) };
};

const scikit = await Scikit.start();
let isWorse = false;
console.log(`scikit-learn ${scikit?.version ?? 'not here'}, the best of 3 starts\n| texts | k | by | adjusted Rand | purity | NMI | time |\n| --- | --- | --- | --- | --- | --- | --- |`);
for (const [name, rows] of [
  ['NatCS insurance', intentsOf('natcs_intents.jsonl')],
  ['BANKING77', intentsOf('banking77.jsonl')],
  ['CLINC150', intentsOf('clinc150.jsonl', ({ intent }) => intent !== 'oos')],
]) {
  if (rows === undefined) continue;
  const truth = rows.map(({ intent }) => intent);
  writeFileSync(file, rows.map(({ text }, i) => `${JSON.stringify({ id: `${i}`, query: text })}\n`).join(''));
  const trueK = new Set(truth).size;
  const label = `${name}: ${rows.length.toLocaleString('en')} texts, ${trueK} intents`;
  const chosen = ratchetCluster(['--k-max', `${K_MAX}`]);
  for (const [what, ours] of [['given', ratchetCluster(['--k', `${trueK}`])], ['chosen', chosen], ['chosen, at most 10', ratchetCluster([])]]) {
    console.log(`| ${label} | ${ours.k} (${what}) | ratchet cluster | ${shown(truth, ours.found)} | ${ours.seconds.toFixed(1)} s |`);
    if (scikit === undefined || what.includes('at most')) continue;
    for (const [space, points] of Object.entries(spacesOf(rows, what === 'given' ? trueK : K_MAX))) {
      scikit.write(points);
      for (const kind of space === 'topics' ? ['KMeans', 'MiniBatchKMeans'] : ['KMeans']) {
        const { labels, cpuS } = await scikit.cluster({ kind, k: ours.k, starts: 3, labels: true });
        console.log(`| | ${ours.k} | ${kind}, ${space} | ${shown(truth, labels)} | ${cpuS.toFixed(1)} s |`);
        if (kind === 'KMeans' && agreement(truth, ours.found).ari < agreement(truth, labels).ari - SLACK) isWorse = true;
      }
    }
  }
}
await scikit?.stop();
rmSync(folder, { recursive: true, force: true });
if (isWorse) console.error(`FAILED: an adjusted Rand index more than ${SLACK} below scikit-learn's`);
process.exit(isWorse ? 1 : 0);
