import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventEnvelope } from '@ratchet/contracts';
import { feedbackMetricsSchema, type Bundle, type RoutingChanged } from '@ratchet/domain';
import { Logger, Metrics, noTracing, type Tracing } from '@ratchet/observability';
import { InMemoryChatProvider, VersionRuntime, type ScriptedAnswer } from '@ratchet/providers';
import fastify, { type FastifyInstance } from 'fastify';
import { ChatService } from '../chat/chat.service.js';
import { RecentInteractions } from '../feedback/recent-interactions.js';
import { PrivacyFilter } from '../privacy/privacy-filter.js';
import { privacySchema } from '../privacy/privacy-policy.js';
import { RoutingTable } from '../routing/routing-table.js';
import { EventSink } from '../sink/event-sink.js';
import { InMemoryRecordSender } from '../sink/in-memory-record-sender.js';
import { Spool } from '../sink/spool.js';
import type { GatewayLimits } from './gateway-parts.js';
import { registerGateway } from './gateway-routes.js';

export interface GatewayUnderTest {
  readonly server: FastifyInstance;
  readonly table: RoutingTable;
  readonly sender: InMemoryRecordSender;
  readonly metrics: Metrics;
  /** Of the spool. */
  readonly folder: string;
  /** Waits until all taken events have been acknowledged, and closes everything. */
  finish(): Promise<void>;
}

export const routeOf = (change: Partial<RoutingChanged> = {}): RoutingChanged => ({
  model: 'assistant',
  workload: 'support',
  revision: 1,
  champion: 'v1',
  share: 0,
  stage: 0,
  salt: 's',
  stickTo: 'conversation',
  changedAt: '2026-01-01T00:00:00.000Z',
  ...change,
});

/** Publishes a version of assistant/support whose provider is called like the version. */
export const addVersion = (table: RoutingTable, versionId: string, bundle: Partial<Bundle> = {}): void => {
  table.applyVersion({
    versionId,
    model: 'assistant',
    workload: 'support',
    ordinal: 1,
    bundle: { provider: { name: versionId, model: `${versionId}-weights` }, ...bundle },
    contentHash: versionId,
    publishedAt: '2026-01-01T00:00:00.000Z',
  });
};

/** The gateway's doors with in-memory providers (one per version, called like it) and an in-memory producer. */
export const openGatewayUnderTest = async ({
  answers = {},
  limits = {},
  workloads = {},
  feedback = {},
  privacy = {},
  fallbackAfterMs,
  tracing = noTracing,
}: {
  answers?: Readonly<Record<string, () => ScriptedAnswer | Promise<ScriptedAnswer>>>;
  limits?: Partial<GatewayLimits>;
  workloads?: Readonly<Record<string, string>>;
  feedback?: { metrics?: object; origins?: readonly string[] };
  privacy?: object;
  fallbackAfterMs?: number;
  tracing?: Tracing;
}): Promise<GatewayUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const metrics = new Metrics();
  const sender = new InMemoryRecordSender();
  const interactions = new RecentInteractions();
  const filter = new PrivacyFilter({ config: privacySchema.parse(privacy), workloadOf: (id) => interactions.workloadOf(id), metrics, logger: Logger.silent() });
  const prepare = (event: EventEnvelope): EventEnvelope | undefined => {
    interactions.note(event);
    return filter.apply(event);
  };
  const sink = new EventSink({ prepare, sender, spool: await Spool.open({ folder, bytesMax: 1_000_000 }), logger: Logger.silent(), metrics, lingerMs: 1, sendTimeoutMs: 1_000, retryMs: 10 });
  const table = new RoutingTable();
  const providers = new Map(Object.entries(answers).map(([name, answer]) => [name, new InMemoryChatProvider({ name, answer })]));
  const chat = new ChatService({ runtime: new VersionRuntime({ providers }), record: (event) => void sink.add(event), metrics, tracing, fallbackAfterMs: () => fallbackAfterMs });
  const server = fastify();
  registerGateway(server, {
    context: { table, workloads },
    chat,
    sink,
    metrics,
    tracing,
    feedback: { metrics: feedbackMetricsSchema.parse(feedback.metrics ?? {}), origins: feedback.origins ?? [], interactions },
    limits: { chatBodyBytesMax: 10_000, eventsBodyBytesMax: 100_000, eventsPerRequestMax: 5, eventBytesMax: 5_000, concurrentRequestsMax: 10, clientStallMs: 60_000, otlpBodyBytesMax: 50_000, otlpDecodedBytesMax: 200_000, otlpRequestsMax: 4, ...limits },
    onFault: () => undefined,
  });
  await server.ready();
  const finish = async (): Promise<void> => {
    await server.close();
    await sink.close();
    await rm(folder, { recursive: true });
  };
  return { server, table, sender, metrics, folder, finish };
};
