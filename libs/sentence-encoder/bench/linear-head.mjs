// Measures a linear head on sentence vectors, hashed n-grams and both: `[RATCHET_DATA_DIR=<folder>] node bench/linear-head.mjs [support|clinc10|clinc ...]`.
// Needs a build of this library and of libs/embedded-model (`tsc -p tsconfig.build.json` in each), and clinc150.jsonl in that folder for the clinc sets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { featurize, FEATURE_SLOTS } from '../../embedded-model/dist/index.js';
import { inverseDocumentFrequencies } from '../../embedded-model/dist/featurize.js';
import { seededRandom, shuffled } from '../../embedded-model/dist/random.js';
import { ensureEncoderFiles, SENTENCE_DIMENSIONS, SentenceEncoder } from '../dist/index.js';

const fileOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const SCALES = [0.5, 1, 1.5, 2, 3, 5];
const EXAMPLES_SEEN_MIN = 40_000;
const BATCH = 16;
const cpuMs = (start) => { const { user, system } = process.cpuUsage(start); return (user + system) / 1e3; };
const percent = (share) => (100 * share).toFixed(1).padStart(5);
const read = (path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

function supportSet() {
  const rows = read(fileOf('../../../apps/cli/data/support.jsonl'));
  return { train: rows.filter(({ split }) => split === 'train'), test: rows.filter(({ split }) => split === 'test') };
}

function clincSet(perIntent) {
  const folder = process.env.RATCHET_DATA_DIR;
  if (!folder) throw new Error('Set RATCHET_DATA_DIR to the folder with clinc150.jsonl.');
  const rows = read(join(folder, 'clinc150.jsonl')).filter(({ intent }) => intent !== 'oos');
  const train = [...Map.groupBy(rows.filter(({ split }) => split === 'train'), ({ intent }) => intent).values()]
    .flatMap((group) => shuffled(group, seededRandom(1)).slice(0, perIntent));
  const testSplit = rows.some(({ split }) => split === 'test') ? 'test' : 'val';
  return { train, test: rows.filter(({ split }) => split === testSplit) };
}

const sets = { support: supportSet, clinc10: () => clincSet(10), clinc: () => clincSet(Infinity) };

/** Softmax regression by plain SGD with a falling rate; returns the test accuracy. */
function trainAndTest({ train, test, classes, slots, rate, seed = 1 }) {
  const weights = new Float32Array(slots * classes);
  const bias = new Float32Array(classes);
  const scores = new Float64Array(classes);
  const score = ({ slots: at, values }) => {
    scores.set(bias);
    for (let k = 0; k < at.length; k += 1) {
      const row = at[k] * classes;
      const value = values[k];
      for (let c = 0; c < classes; c += 1) scores[c] += value * weights[row + c];
    }
  };
  const epochs = Math.max(8, Math.ceil(EXAMPLES_SEEN_MIN / train.length));
  const steps = epochs * Math.ceil(train.length / BATCH);
  const random = seededRandom(seed);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const order = shuffled(train, random);
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      const r = (rate * (1 - step / steps)) / batch.length;
      step += 1;
      const gradients = batch.map((sample) => {
        score(sample);
        let top = -Infinity;
        for (let c = 0; c < classes; c += 1) top = Math.max(top, scores[c]);
        let sum = 0;
        for (let c = 0; c < classes; c += 1) sum += scores[c] = Math.exp(scores[c] - top);
        return Float32Array.from(scores, (value, c) => value / sum - (c === sample.classIndex ? 1 : 0));
      });
      batch.forEach(({ slots: at, values }, i) => {
        const gradient = gradients[i];
        for (let c = 0; c < classes; c += 1) bias[c] -= Math.min(r, 0.5 / batch.length) * gradient[c];
        for (let k = 0; k < at.length; k += 1) {
          const row = at[k] * classes;
          const move = r * values[k];
          for (let c = 0; c < classes; c += 1) weights[row + c] -= move * gradient[c];
        }
      });
    }
  }
  let right = 0;
  for (const sample of test) {
    score(sample);
    let best = 0;
    for (let c = 1; c < classes; c += 1) if (scores[c] > scores[best]) best = c;
    if (best === sample.classIndex) right += 1;
  }
  return right / test.length;
}

/** The sparse part's slots, then the dense part's, as one sparse vector. */
function joined({ sparse, dense, scale }) {
  const slots = new Uint16Array((sparse?.slots.length ?? 0) + (dense?.length ?? 0));
  const values = new Float32Array(slots.length);
  if (sparse) { slots.set(sparse.slots); values.set(sparse.values); }
  if (dense) {
    const from = sparse?.slots.length ?? 0;
    for (let d = 0; d < dense.length; d += 1) { slots[from + d] = FEATURE_SLOTS + d; values[from + d] = scale * dense[d]; }
  }
  return { slots, values };
}

const encoder = await SentenceEncoder.load(await ensureEncoderFiles({ cacheDir: fileOf('../../../.ratchet'), onProgress: console.log }));
const vectors = new Map();
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sets)) {
  const { train, test } = sets[name]();
  const all = [...train, ...test];
  const intents = [...new Set(all.map(({ intent }) => intent))];
  const start = process.cpuUsage();
  const unseen = [...new Set(all.map(({ text }) => text))].filter((text) => !vectors.has(text));
  for (const text of unseen) vectors.set(text, await encoder.encode(text));
  console.log(`\n${name}: ${train.length} -> ${test.length}, ${intents.length} intents; encoding ${(cpuMs(start) / Math.max(1, unseen.length)).toFixed(2)} ms CPU a text, memory ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
  const idf = inverseDocumentFrequencies(train.map(({ text }) => text));
  const sparseOf = new Map(all.map(({ text }) => [text, featurize(text, idf)]));
  const measure = ({ useSparse, scale, rate }) => {
    const sample = ({ text, intent }) => ({ ...joined({ sparse: useSparse ? sparseOf.get(text) : null, dense: scale > 0 ? vectors.get(text) : null, scale }), classIndex: intents.indexOf(intent) });
    const began = process.cpuUsage();
    const accuracy = trainAndTest({ train: train.map(sample), test: test.map(sample), classes: intents.length, slots: FEATURE_SLOTS + SENTENCE_DIMENSIONS, rate });
    const what = [useSparse && 'n-grams', scale > 0 && `vector x ${scale}`].filter(Boolean).join(' + ');
    console.log(`  ${percent(accuracy)} %  ${what.padEnd(24)} rate ${String(rate).padEnd(4)} ${(cpuMs(began) / 1e3).toFixed(1)} s`);
  };
  for (const rate of [20, 50]) measure({ useSparse: true, scale: 0, rate });
  for (const rate of [5, 20, 50]) measure({ useSparse: false, scale: 1, rate });
  for (const scale of SCALES) measure({ useSparse: true, scale, rate: 20 });
}
await encoder.close();
