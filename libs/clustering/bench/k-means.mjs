// K-means beside scikit-learn's on the same vectors, on one core: CPU time and inertia.
// Usage: node bench/k-means.mjs [--sizes 20000,100000] [--k 10,50,200]     (build the library first)
import { embedFailures, kMeans, projectToTopics } from '@ratchet/clustering';
import { hashEmbedding } from '@ratchet/embedded-model';
import { Scikit } from './scikit.mjs';
import { syntheticTexts } from './texts.mjs';

const numbers = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return (at < 0 ? fallback : process.argv[at + 1]).split(',').map(Number);
};
const cpuSeconds = (work) => {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuS: (user + system) / 1e6 };
};
const inWideSpace = (texts, dims) => {
  const data = new Float32Array(texts.length * dims);
  texts.forEach(({ text }, i) => data.set(hashEmbedding(text, dims), i * dims));
  return { count: texts.length, dims, data };
};

const scikit = await Scikit.start();
console.log(`scikit-learn ${scikit?.version ?? 'not here'}, one start each, one core`);
console.log('| vectors | k | ours | KMeans | MiniBatchKMeans | inertia: ours | KMeans | MiniBatchKMeans |\n| --- | --- | --- | --- | --- | --- | --- | --- |');
let isWorse = false;
for (const size of numbers('--sizes', '20000,100000')) {
  const texts = syntheticTexts(size);
  const { result: topics, cpuS } = cpuSeconds(() => projectToTopics(embedFailures(texts.map(({ text }, i) => ({ id: `${i}`, query: text }))), { dims: 96, seed: 1 }));
  console.error(`embedding and topics of ${size}: ${cpuS.toFixed(1)} s`);
  for (const points of size <= 20_000 ? [topics, inWideSpace(texts, 384)] : [topics]) {
    scikit?.write(points);
    for (const k of numbers('--k', '10,50,200')) {
      const ours = cpuSeconds(() => kMeans(points, { k, seed: 1 }));
      const full = await scikit?.cluster({ kind: 'KMeans', k });
      const mini = await scikit?.cluster({ kind: 'MiniBatchKMeans', k });
      const time = (peer) => (peer ? `${peer.cpuS.toFixed(1)} s` : '');
      const inertia = (peer) => peer?.inertia.toFixed(0) ?? '';
      console.log(`| ${size.toLocaleString('en')} x ${points.dims} | ${k} | ${time(ours)} | ${time(full)} | ${time(mini)} | ${inertia(ours.result)} (${ours.result.iterations} passes) | ${inertia(full)} (${full?.iterations}) | ${inertia(mini)} |`);
      if (full && ours.result.inertia > 1.01 * full.inertia) isWorse = true;
    }
  }
}
await scikit?.stop();
if (isWorse) console.error('FAILED: an inertia more than 1 % above KMeans');
process.exit(isWorse ? 1 : 0);
