// Measures a running model server: `node bench/chat-throughput.mjs URL MODEL [texts.jsonl] [seconds] [connections]`.
// texts.jsonl holds chat examples; without it, numbered texts are asked, each a miss of the reply cache.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const [url, model, file, seconds = '10', connections = '32'] = process.argv.slice(2);
if (!url || !model) {
  console.error('usage: node bench/chat-throughput.mjs URL MODEL [texts.jsonl] [seconds] [connections]');
  process.exit(2);
}
const texts = file
  ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line).messages.at(-2).content)
  : Array.from({ length: 1_000_000 }, (_, i) => `please help me with order number ${i}`);
const pool = new Pool(url, { connections: Number(connections), pipelining: 1 });
const until = performance.now() + Number(seconds) * 1000;
const latencies = [];
let next = 0;
const ask = async () => {
  while (performance.now() < until) {
    const content = texts[next++ % texts.length];
    const startedAt = performance.now();
    const { statusCode, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    });
    const answer = await body.json();
    if (statusCode !== 200 || typeof answer.ratchet.confidence !== 'number') throw new Error(`unexpected answer ${statusCode}: ${JSON.stringify(answer)}`);
    latencies.push(performance.now() - startedAt);
  }
};
await Promise.all(Array.from({ length: Number(connections) }, ask));
await pool.close();
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.floor(latencies.length * share)].toFixed(2);
console.log(`${Math.round(latencies.length / Number(seconds))} requests/s, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms (${latencies.length} requests, ${connections} connections)`);
