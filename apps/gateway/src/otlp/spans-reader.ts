import { deadLetterTopicOf } from '@ratchet/contracts';
import { ExactlyOnceProcessor, explainKafkaError, type KafkaAdmin, type KafkaClient } from '@ratchet/kafka';
import { describeError, RatchetError, type Logger, type Metrics } from '@ratchet/observability';
import { SpanTask, type SpanTaskOptions } from './span-task.js';
import type { SpanEventsOptions } from './span-events.js';
import { spanCounter } from './traces.routes.js';

const SERVICE = 'gateway';
const RETRY_MS = 15_000;
const USUAL_BYTES_MAX = 1_048_588;
/** Room for the reason beside a record of the largest size that the topic takes. */
const REASON_BYTES_MAX = 1_048_576;

export interface SpansReaderOptions extends SpanEventsOptions {
  readonly kafka: KafkaClient;
  /** The topic that a collector writes; it is not ours, so it is never made here. */
  readonly topic: string;
  readonly replicationFactor: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What of an interaction may be recorded; undefined where nothing may. */
  readonly prepare: SpanTaskOptions['prepare'];
  readonly retryMs?: number;
}

/**
 * Reads the topic of an OpenTelemetry collector, exactly once, and writes the interactions in it to our own topic, keyed by conversation.
 * The gateway serves whatever becomes of it: a topic that is missing is waited for, and a position that is lost stops this reader alone.
 */
export class SpansReader {
  private processor: ExactlyOnceProcessor | undefined;
  private timer: NodeJS.Timeout | undefined;
  private starting: Promise<void> = Promise.resolve();
  private stopped = false;
  private gaveUp = false;
  private readonly up;
  private readonly spans;
  private readonly deadLetters;

  constructor(private readonly options: SpansReaderOptions) {
    const { metrics } = options;
    this.up = metrics.gauge({ name: 'ratchet_gateway_spans_reader_up', help: '1 while the topic of the collector is read' });
    this.spans = spanCounter(metrics);
    this.deadLetters = metrics.counter({ name: 'ratchet_gateway_span_records_dead_lettered_total', help: 'Records of the collector that were set aside, by reason', labelNames: ['code'] });
  }

  /** Returns at once; what is in the way is logged, and tried again. */
  start(): void {
    this.up.set(0);
    this.starting = this.tryStart();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.starting;
    await this.processor?.stop();
    this.up.set(0);
  }

  private async tryStart(): Promise<void> {
    const { topic, logger, retryMs = RETRY_MS } = this.options;
    const processor = this.create();
    try {
      await this.prepareTopics();
      this.processor = processor;
      await processor.start();
      // It may have found, while it began, that it cannot go on.
      if (this.gaveUp) return;
      this.up.set(1);
      logger.info('the spans of the collector are read', { topic });
    } catch (error) {
      logger.error('the spans of the collector cannot be read yet', { topic, ...describeError(explainKafkaError(error)) });
      this.processor = undefined;
      await processor.stop().catch(() => undefined);
      if (!this.stopped) this.timer = setTimeout(() => this.start(), retryMs);
    }
  }

  private async prepareTopics(): Promise<void> {
    const { kafka, topic } = this.options;
    const admin = kafka.admin();
    await admin.connect();
    try {
      const names = await admin.topicNames();
      if (!names.includes(topic)) {
        throw new RatchetError({
          code: 'topic_missing',
          message: `there is no topic ${topic} (OTLP_SPANS_TOPIC): make it, or let the broker make it for the collector (auto.create.topics.enable); it is not Ratchet's, so it is not made here`,
          retryable: true,
        });
      }
      const letters = deadLetterTopicOf(topic, SERVICE);
      if (!names.includes(letters)) await this.createLetters(admin, letters);
    } finally {
      await admin.disconnect();
    }
  }

  private async createLetters(admin: KafkaAdmin, name: string): Promise<void> {
    const { topic, replicationFactor } = this.options;
    const bytesMax = Number((await admin.topicConfigs([topic], ['max.message.bytes'])).get(topic)?.['max.message.bytes'] ?? USUAL_BYTES_MAX);
    const config = { 'retention.ms': '-1', 'max.message.bytes': String(bytesMax + REASON_BYTES_MAX) };
    try {
      await admin.createTopics([{ name, partitions: 1, replicationFactor, config }]);
    } catch (error) {
      // Another gateway was faster.
      if (!(await admin.topicNames()).includes(name)) throw error;
    }
  }

  private create(): ExactlyOnceProcessor {
    const { kafka, topic, logger, workloads, eventBytesMax, prepare } = this.options;
    return new ExactlyOnceProcessor({
      kafka,
      groupId: `${SERVICE}-${topic}`,
      topic,
      logger,
      createTask: () =>
        new SpanTask({
          workloads,
          eventBytesMax,
          prepare,
          onRecord: ({ interactions, ignored, rejected }) => {
            this.spans.inc({ outcome: 'interaction' }, interactions);
            this.spans.inc({ outcome: 'ignored' }, ignored);
            this.spans.inc({ outcome: 'rejected' }, rejected);
          },
          onDeadLetter: ({ partition, offset }, { code, message }) => {
            this.deadLetters.inc({ code });
            logger.warn('a record of the collector was set aside', { topic, partition, offset: String(offset), code, reason: message });
          },
        }),
      onFatal: (error) => this.giveUp(error),
    });
  }

  /** Records that were deleted before they were read are for a person to know of: going on in silence would hide the gap. */
  private giveUp(error: Error): void {
    const { logger, topic } = this.options;
    logger.error('the spans of the collector are not read any more, until somebody mends this and the gateway is started again', { topic, ...describeError(error) });
    this.gaveUp = true;
    this.up.set(0);
    const { processor } = this;
    this.processor = undefined;
    void processor?.stop().catch(() => undefined);
  }
}
