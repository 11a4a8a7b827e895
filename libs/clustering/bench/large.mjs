// The whole of a clustering, from texts to clusters with patterns and representatives: CPU time and memory.
// Usage: node bench/large.mjs [--size 100000] [--k-max 10,200]     (build the library first)
import { clusterFailures } from '@ratchet/clustering';
import { syntheticTexts } from './texts.mjs';

const option = (name, fallback) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : fallback);
const REPLIES = ['I am sorry, I do not know the answer to that.', 'You can find this under Account, then Orders.', 'Please contact our support team by mail.', 'This is not possible.'];
const size = Number(option('--size', '100000'));
const items = syntheticTexts(size).map(({ text }, i) => ({ id: `f${i}`, query: text, response: REPLIES[(i * 7) % 4], attributes: { version: i % 3 === 0 ? 'v2' : 'v1', locale: ['de', 'en', 'fr'][i % 3], latencyMs: (i * 37) % 4_000 } }));
for (const kMax of option('--k-max', '10,200').split(',').map(Number)) {
  const before = process.cpuUsage();
  const { k, silhouette } = clusterFailures(items, { kMax });
  const { user, system } = process.cpuUsage(before);
  console.log(`${size.toLocaleString('en')} failures, k up to ${kMax}: ${k} clusters, silhouette ${silhouette.toFixed(3)}, ${((user + system) / 1e6).toFixed(1)} s of CPU, ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB at most`);
}
