import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { traceIdOf, type EventEnvelope } from '@ratchet/contracts';
import type { VersionPublished } from '@ratchet/domain';
import { TopicTable, type EventProducer, type KafkaClient } from '@ratchet/kafka';
import { describeError, type Logger, type Metrics, type Tracing } from '@ratchet/observability';
import { openChatProviders, VersionRuntime, type ChatProvider } from '@ratchet/providers';
import type { HealthDetails } from '@ratchet/service';
import type { FastifyInstance } from 'fastify';
import { join } from 'node:path';
import { ChatService } from './chat/chat.service.js';
import type { GatewayConfig } from './config.js';
import { RecentInteractions } from './feedback/recent-interactions.js';
import { registerGateway } from './http/gateway-routes.js';
import { PrivacyFilter } from './privacy/privacy-filter.js';
import { RoutingFollower } from './routing/routing-follower.js';
import { SnapshotFile } from './routing/routing-snapshot.js';
import { RoutingTable } from './routing/routing-table.js';
import { SpansReader } from './otlp/spans-reader.js';
import { EventSink } from './sink/event-sink.js';
import { Spool } from './sink/spool.js';

export interface GatewayServices {
  readonly config: GatewayConfig;
  readonly kafka: KafkaClient;
  readonly producer: EventProducer;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly http: HttpAdapterHost;
  readonly health: HealthDetails;
}

/** Joins the parts, and starts and stops them with the Nest application. */
export class Gateway implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly table = new RoutingTable();
  private readonly providers: ReadonlyMap<string, ChatProvider>;
  private readonly follower: RoutingFollower;
  private readonly spans: SpansReader | undefined;
  private readonly interactions = new RecentInteractions();
  private readonly privacy: PrivacyFilter;
  private sink: EventSink | undefined;

  constructor(private readonly services: GatewayServices) {
    const { config, kafka, logger, metrics, health } = services;
    this.providers = openChatProviders(config.PROVIDERS.map((provider) => ({ ...provider, maxQueue: provider.maxQueue ?? config.PROVIDER_QUEUE_MAX })));
    this.follower = new RoutingFollower({
      table: this.table,
      snapshot: new SnapshotFile(join(config.GATEWAY_DATA_DIR, 'routing.json')),
      openSource: (options) => new TopicTable({ ...options, kafka, logger }),
      waitMs: config.ROUTING_WAIT_MS,
      logger,
      metrics,
    });
    health.add('routing', () => this.follower.origin());
    this.privacy = new PrivacyFilter({ config: config.PRIVACY, workloadOf: (conversationId) => this.interactions.workloadOf(conversationId), metrics, logger });
    if (config.OTLP_SPANS_TOPIC !== undefined) {
      const { OTLP_SPANS_TOPIC: topic, KAFKA_REPLICATION_FACTOR: replicationFactor, MODEL_WORKLOADS: workloads, EVENT_BYTES_MAX: eventBytesMax } = config;
      this.spans = new SpansReader({ kafka, topic, replicationFactor, logger, metrics, workloads, eventBytesMax, prepare: (event) => this.prepare(event) });
    }
  }

  async onModuleInit(): Promise<void> {
    const { config, logger, metrics, tracing, producer, http } = this.services;
    const spool = await Spool.open({ folder: config.GATEWAY_DATA_DIR, bytesMax: config.SPOOL_BYTES_MAX });
    if (!spool.isEmpty) logger.info('events of an earlier run wait for Kafka', { bytes: spool.waitingBytes });
    const sink = new EventSink({ prepare: (event) => this.prepare(event), sender: producer, spool, logger, metrics, lingerMs: config.KAFKA_LINGER_MS, sendTimeoutMs: config.KAFKA_SEND_TIMEOUT_MS, eventBytesMax: config.EVENT_BYTES_MAX });
    this.sink = sink;
    const timeouts = new Map(config.PROVIDERS.map(({ name, timeoutMs }) => [name, timeoutMs * config.FALLBACK_AFTER_SHARE]));
    const fallbackAfterMs = ({ bundle }: VersionPublished): number | undefined => timeouts.get(bundle.provider.name);
    const chat = new ChatService({ runtime: new VersionRuntime({ providers: this.providers }), record: (event) => void sink.add(event), metrics, tracing, fallbackAfterMs });
    http.httpAdapter.getHttpServer().requestTimeout = config.REQUEST_BODY_TIMEOUT_MS;
    registerGateway(http.httpAdapter.getInstance<FastifyInstance>(), {
      context: { table: this.table, workloads: config.MODEL_WORKLOADS },
      chat,
      sink,
      metrics,
      tracing,
      feedback: { metrics: config.FEEDBACK_METRICS, origins: config.FEEDBACK_ORIGINS, interactions: this.interactions },
      limits: {
        chatBodyBytesMax: config.CHAT_BODY_BYTES_MAX,
        eventsBodyBytesMax: config.EVENTS_BODY_BYTES_MAX,
        eventsPerRequestMax: config.EVENTS_PER_REQUEST_MAX,
        eventBytesMax: config.EVENT_BYTES_MAX,
        concurrentRequestsMax: config.CONCURRENT_REQUESTS_MAX,
        clientStallMs: config.CLIENT_STALL_MS,
        otlpBodyBytesMax: config.OTLP_BODY_BYTES_MAX,
        otlpDecodedBytesMax: config.OTLP_DECODED_BYTES_MAX,
        otlpRequestsMax: config.OTLP_REQUESTS_MAX,
      },
      onFault: (error, span) => logger.error('a request failed', { ...(span && { traceId: traceIdOf(span.traceparent) }), ...describeError(error) }),
    });
    await this.follower.start();
    this.spans?.start();
  }

  /** Whatever the door, and before it is written anywhere: what of an event may be recorded. */
  private prepare(event: EventEnvelope): EventEnvelope | undefined {
    this.interactions.note(event);
    return this.privacy.apply(event);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.follower.stop(), this.spans?.stop()]);
  }

  /** After the last request: what it recorded still goes to Kafka, or to the spool. */
  async onApplicationShutdown(): Promise<void> {
    await this.sink?.close();
    await Promise.all([...this.providers.values()].map((provider) => provider.close()));
  }
}
