// The three ways to the same mock provider: directly, through a bare proxy, and through the built gateway with Kafka and a running rollout.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@ratchet/contracts';
import { routingChanged, versionPublished } from '@ratchet/domain';
import { Child } from '../shared/child.mjs';
import { root } from '../shared/report.mjs';

const script = (...names) => join(root, ...names);
const at = '2026-01-01T00:00:00.000Z';
const target = { model: 'assistant', workload: 'default' };

const versionOf = (versionId) => ({
  versionId, ...target, ordinal: 1, contentHash: versionId, publishedAt: at,
  bundle: { provider: { name: 'mock', model: versionId }, systemPrompt: 'Be brief.', safety: { threshold: 0.5 } },
});
const route = { ...target, revision: 1, champion: 'v1', candidate: 'v2', share: 0.25, stage: 3, rolloutId: 'r1', salt: 'r1', stickTo: 'conversation', changedAt: at };

/** A champion, a candidate and a rollout between them, as the rollout-controller would announce them. */
const announceRollout = async (kafka) => {
  const producer = kafka.producer();
  await producer.connect();
  const events = [
    ...['v1', 'v2'].map((versionId) => ({ id: versionId, source: '/bench', type: versionPublished.type, time: at, data: versionOf(versionId) })),
    { id: 'route', source: '/bench', type: routingChanged.type, time: at, data: route },
  ];
  for (const { topic, ...message } of events.map(encodeEvent)) await producer.send({ topic, acks: -1, messages: [message] });
  await producer.disconnect();
};

const portOf = async (child) => Number((await child.said(/listening (\d+)/))[1]);

const startGateway = async ({ brokers, dataDir }, providerPort, { name = 'gateway', nodeArgs = [], env: more = {} } = {}) => {
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  const env = {
    KAFKA_BROKERS: brokers.join(','), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', GATEWAY_DATA_DIR: folder, DATABASE_URL: '',
    PROVIDERS: JSON.stringify([{ name: 'mock', baseUrl: `http://127.0.0.1:${providerPort}/v1`, maxConcurrency: 256 }]), ...more,
  };
  const child = new Child(process.execPath, [...nodeArgs, script('apps', 'gateway', 'dist', 'main.js')], { env });
  const [, port] = await child.said(/"address":"http:\/\/127\.0\.0\.1:(\d+)"/);
  return { child, port: Number(port) };
};

const startProvider = async (latencyMs) => {
  const provider = Child.node(script('bench', 'gateway', 'provider.mjs'), [String(latencyMs)]);
  return { provider, providerPort: await portOf(provider) };
};

/** The gateway without tracing, and with it: the share of the requests whose spans it sends. */
const TRACED = { 'tracing off': undefined, 'one in a hundred traced': '0.01', 'all traced': '1' };

/** The same gateway, which does and does not trace. */
export const startTracedGateways = async (cluster, { latencyMs }) => {
  await announceRollout(cluster.kafka);
  const { provider, providerPort } = await startProvider(latencyMs);
  const receiver = Child.node(script('bench', 'tracing', 'span-receiver.mjs'), []);
  const endpoint = `http://127.0.0.1:${await portOf(receiver)}`;
  const targets = [];
  for (const [name, share] of Object.entries(TRACED)) {
    const env = share === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share };
    const { child, port } = await startGateway(cluster, providerPort, { name: `gateway-${targets.length}`, env });
    targets.push({ name, port, between: child });
  }
  const stop = () => Promise.all([provider, receiver, ...targets.map(({ between }) => between)].map((child) => child.end()));
  return { targets, provider, receiver: endpoint, stop };
};

/** Starts all of them; each target has the port to ask, and the process between the asker and the provider, if there is one. */
export const startTargets = async (cluster, { latencyMs, nodeArgs }) => {
  await announceRollout(cluster.kafka);
  const { provider, providerPort } = await startProvider(latencyMs);
  const proxy = Child.node(script('bench', 'gateway', 'bare-proxy.mjs'), [String(providerPort)]);
  const gateway = await startGateway(cluster, providerPort, { nodeArgs });
  const targets = [
    { name: 'direct', port: providerPort },
    { name: 'bare proxy', port: await portOf(proxy), between: proxy },
    { name: 'gateway', port: gateway.port, between: gateway.child },
  ];
  const stop = () => Promise.all([provider, proxy, gateway.child].map((child) => child.end()));
  return { targets, provider, gateway: gateway.child, stop };
};
