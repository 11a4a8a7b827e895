// A closed loop per connection: `node load.mjs PORT CONNECTIONS SECONDS plain|stream`. Each sends its next request when the last answer has ended.
import { Pool } from 'undici';

const [port, connections, seconds] = process.argv.slice(2, 5).map(Number);
const stream = process.argv[5] === 'stream';
const WARM_UP_MS = 500;
const RAMP_CONVERSATIONS = 5_000;

const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
const history = [
  { role: 'system', content: 'You are the assistant of a shop. Be brief and friendly.' },
  { role: 'user', content: 'Hello, I ordered two pairs of shoes a week ago.' },
  { role: 'assistant', content: 'Thank you for your order. How can I help you with it?' },
  { role: 'user', content: 'Where is my order number 4711, and when will it arrive?' },
];
const body = JSON.stringify({ model: 'assistant', messages: history, temperature: 0.2, ...(stream && { stream: true, stream_options: { include_usage: true } }) });

const latencies = [];
let firstBytes = [];
let answered = 0;
let failed = 0;
let measuring = false;
let over = false;

const askOnce = async () => {
  const startedMs = performance.now();
  const counts = measuring;
  answered += 1;
  const headers = { 'content-type': 'application/json', authorization: 'Bearer k', 'x-ratchet-conversation': `c${answered % RAMP_CONVERSATIONS}` };
  const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
  let firstMs;
  let last;
  for await (const chunk of response.body) {
    firstMs ??= performance.now() - startedMs;
    last = chunk;
  }
  if (response.statusCode !== 200 || (stream && !last?.includes('[DONE]'))) failed += 1;
  if (!counts || over) return;
  latencies.push(performance.now() - startedMs);
  firstBytes.push(firstMs);
};

const loops = Array.from({ length: connections }, async () => {
  while (!over) await askOnce();
});
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
measuring = true;
const cpu = process.cpuUsage();
const sinceMs = performance.now();
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
over = true;
const tookMs = performance.now() - sinceMs;
const { user, system } = process.cpuUsage(cpu);
await Promise.all(loops);
await pool.close();

latencies.sort((a, b) => a - b);
firstBytes = firstBytes.sort((a, b) => a - b);
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const result = { requests: latencies.length, answered, failed, perSecond: latencies.length / (tookMs / 1_000), p50Ms: at(latencies, 0.5), p99Ms: at(latencies, 0.99), firstByteP50Ms: at(firstBytes, 0.5), cpuMsPerRequest: (user + system) / 1_000 / latencies.length };
process.stdout.write(`${JSON.stringify(result)}\n`);
