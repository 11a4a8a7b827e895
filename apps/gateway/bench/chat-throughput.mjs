// Chat requests a second through the gateway's doors: `node bench/chat-throughput.mjs` after a build.
// Gateway and mock provider share this process, reached over HTTP; a second process asks over 16 keep-alive connections.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, Metrics } from '@ratchet/observability';
import { openChatProviders, VersionRuntime } from '@ratchet/providers';
import fastify from 'fastify';
import { ChatService } from '../dist/chat/chat.service.js';
import { registerGateway } from '../dist/http/gateway-routes.js';
import { RoutingTable } from '../dist/routing/routing-table.js';
import { EventSink } from '../dist/sink/event-sink.js';
import { InMemoryRecordSender } from '../dist/sink/in-memory-record-sender.js';
import { Spool } from '../dist/sink/spool.js';

const CONNECTIONS = 16;
const WARM_UP_MS = 2_000;
const SECONDS = 5;

const ask = async (port) => {
  const { Pool } = await import('undici');
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  const body = JSON.stringify({ model: 'assistant', messages: [{ role: 'user', content: 'Where is my order number 4711?' }] });
  const latencies = [];
  const sinceMs = performance.now();
  let n = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - sinceMs < WARM_UP_MS + SECONDS * 1000) {
        const startedMs = performance.now();
        n += 1;
        const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers: { 'content-type': 'application/json', 'x-ratchet-conversation': `c${n % 5000}` }, body });
        await response.body.text();
        if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
        if (startedMs - sinceMs > WARM_UP_MS) latencies.push(performance.now() - startedMs);
      }
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)].toFixed(1);
  console.log(`${Math.round(latencies.length / SECONDS)} requests/s, latency p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
  await pool.close();
};

const serve = async () => {
  const answer = JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'It is on its way and arrives tomorrow.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19 } });
  const provider = createServer((request, response) => request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer))).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const providers = openChatProviders([{ name: 'mock', baseUrl: `http://127.0.0.1:${provider.address().port}/v1`, timeoutMs: 5_000, maxConcurrency: 64 }]);
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  const metrics = new Metrics();
  const sender = new InMemoryRecordSender();
  const sink = new EventSink({ sender, spool: await Spool.open({ folder, bytesMax: 1e8 }), logger: Logger.silent(), metrics, lingerMs: 10, sendTimeoutMs: 5_000 });
  const table = new RoutingTable();
  const target = { model: 'assistant', workload: 'default' };
  for (const versionId of ['v1', 'v2']) table.applyVersion({ versionId, ...target, ordinal: 1, bundle: { provider: { name: 'mock', model: versionId }, safety: { threshold: 0.5 }, systemPrompt: 'Be brief.' }, contentHash: versionId, publishedAt: '2026-01-01T00:00:00Z' });
  table.applyRouting({ ...target, revision: 1, champion: 'v1', candidate: 'v2', share: 0.25, stage: 3, rolloutId: 'r1', salt: 'r1', stickTo: 'conversation', changedAt: '2026-01-01T00:00:00Z' });
  const server = fastify();
  registerGateway(server, {
    context: { table, workloads: {} },
    chat: new ChatService({ runtime: new VersionRuntime({ providers }), record: (event) => void sink.add(event), metrics }),
    sink,
    metrics,
    limits: { chatBodyBytesMax: 1e6, eventsBodyBytesMax: 1e6, eventsPerRequestMax: 100, eventBytesMax: 1e5, concurrentRequestsMax: 1000, clientStallMs: 30_000 },
    onFault: console.error,
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const client = spawn(process.execPath, [process.argv[1], String(server.server.address().port)], { stdio: 'inherit' });
  await once(client, 'exit');
  await server.close();
  await sink.close();
  console.log(`${sender.records.length} interactions in ${sender.batches.length} batches`);
  for (const one of providers.values()) await one.close();
  provider.close();
  await rm(folder, { recursive: true });
};

await (process.argv[2] ? ask(Number(process.argv[2])) : serve());
