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
const SEEDS = [1, 2, 3];
/** Means of three seeds differ by so much for no reason. */
const SLACK = 0.03;
/** In the space of the hashed vectors scikit-learn takes a minute a start for more. */
const ONE_SEED_FROM = 5_000;
const cli = fileURLToPath(new URL('../../../apps/cli/bin/ratchet.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ratchet-intents-'));
const file = join(folder, 'failures.jsonl');

/** The partition that the command prints, in the order of the texts. */
const ratchetCluster = (args, seeds = [1]) => {
  const runs = seeds.map((seed) => once([...args, '--seed', `${seed}`]));
  return { k: runs[0].k, seconds: runs[0].seconds, found: runs.map(({ found }) => found) };
};
const once = (args) => {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'cluster', file, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`ratchet cluster ended with ${status}: ${stderr}`);
  const found = stdout.trim().split('\n').map((line) => JSON.parse(line).cluster);
  return { found, k: new Set(found).size, seconds: (performance.now() - started) / 1_000 };
};
/** Means over the seeds. */
const meanAgreement = (truth, found) => {
  const all = found.map((labels) => agreement(truth, labels));
  const mean = (name) => all.reduce((sum, one) => sum + one[name], 0) / all.length;
  return { ari: mean('ari'), purity: mean('purity'), nmi: mean('nmi') };
};
const shown = ({ ari, purity, nmi }) => `${ari.toFixed(3)} | ${purity.toFixed(3)} | ${nmi.toFixed(3)}`;
/** What the command clusters: the hashed vectors, and their topics, in which k-means runs. */
const spacesOf = (rows, bound) => {
  const vectors = embedFailures(rows.map(({ text }, i) => ({ id: `${i}`, query: text })));
  const data = new Float32Array(vectors.count * vectors.dims);
  for (let i = 0; i < vectors.count; i += 1) data.set(vectors.at(i), i * vectors.dims);
  return { hashed: { count: vectors.count, dims: vectors.dims, data }, topics: projectToTopics(vectors, { dims: Math.min(160, Math.max(64, bound), Math.round(rows.length / 6)), seed: 1 }) };
};

const scikit = await Scikit.start();
let isWorse = false;
console.log(`scikit-learn ${scikit?.version ?? 'not here'}, the best of 3 starts; means over 3 seeds where k is given\n| texts | k | by | adjusted Rand | purity | NMI | time |\n| --- | --- | --- | --- | --- | --- | --- |`);
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
  for (const [what, ours] of [['given', ratchetCluster(['--k', `${trueK}`], SEEDS)], ['chosen', chosen], ['chosen, at most 10', ratchetCluster([])]]) {
    console.log(`| ${label} | ${ours.k} (${what}) | ratchet cluster | ${shown(meanAgreement(truth, ours.found))} | ${ours.seconds.toFixed(1)} s |`);
    if (scikit === undefined || what.includes('at most')) continue;
    for (const [space, points] of Object.entries(spacesOf(rows, what === 'given' ? trueK : K_MAX))) {
      scikit.write(points);
      for (const kind of space === 'topics' ? ['KMeans', 'MiniBatchKMeans'] : ['KMeans']) {
        const seeds = space === 'hashed' && rows.length > ONE_SEED_FROM ? [1] : SEEDS;
        const runs = [];
        for (const seed of seeds) runs.push(await scikit.cluster({ kind, k: ours.k, starts: seeds.length === 1 ? 1 : 3, seed, labels: true }));
        const theirs = meanAgreement(truth, runs.map(({ labels }) => labels));
        console.log(`| | ${ours.k} | ${kind}, ${space} | ${shown(theirs)} | ${runs[0].cpuS.toFixed(1)} s |`);
        if (meanAgreement(truth, ours.found).ari < theirs.ari - SLACK) isWorse = true;
      }
    }
  }
}
await scikit?.stop();
rmSync(folder, { recursive: true, force: true });
if (isWorse) console.error(`FAILED: an adjusted Rand index more than ${SLACK} below scikit-learn's`);
process.exit(isWorse ? 1 : 0);
