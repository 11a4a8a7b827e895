// CPU that one chat call costs in the caller, by client: `node bench/client-overhead.mjs` (the provider is a thread that answers at once).
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import OpenAI from 'openai';
import { Agent, Pool, fetch as undiciFetch } from 'undici';

const CALLS = 4000;
const IN_FLIGHT = 16;
const body = { model: 'm', messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Where is my order?' }] };
const answer = JSON.stringify({
  id: 'c', object: 'chat.completion', created: 1, model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'It is on its way.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

if (!isMainThread) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }).end(answer));
  }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
} else {
  const provider = new Worker(new URL(import.meta.url));
  const [port] = await once(provider, 'message');
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const dispatcher = new Agent({ connections: IN_FLIGHT, keepAliveTimeout: 60_000 });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: IN_FLIGHT });
  const plain = new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0 });
  const pooled = new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0, fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }) });
  const clients = {
    'openai, built-in fetch': () => plain.chat.completions.create(body),
    'openai, undici fetch with an Agent': () => pooled.chat.completions.create(body),
    'undici.Pool directly': async () => {
      const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers: { 'content-type': 'application/json', authorization: 'Bearer k' }, body: JSON.stringify(body) });
      return response.body.json();
    },
  };
  for (const round of [1, 2]) {
    for (const [name, call] of Object.entries(clients)) {
      let started = 0;
      const cpu = process.threadCpuUsage();
      const since = performance.now();
      await Promise.all(Array.from({ length: IN_FLIGHT }, async () => { while (started < CALLS) { started += 1; await call(); } }));
      const { user, system } = process.threadCpuUsage(cpu);
      if (round === 2) console.log(`${name}: ${((user + system) / 1000 / CALLS).toFixed(3)} ms CPU a call, ${Math.round(CALLS / (performance.now() - since) * 1000)} calls/s`);
    }
  }
  await Promise.all([dispatcher.close(), pool.close(), provider.terminate()]);
}
