import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import { backoffMs, sleep } from './backoff.js';
import type { KafkaClient, KafkaConsumer, ReceivedBatch } from './client/kafka-client.js';
import type { ConsumedRecord } from './record.js';

export interface BatchConsumerOptions {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Must leave nothing half done when it throws: the same records come again after a wait, for as long as it takes. */
  readonly onBatch: (records: readonly ConsumedRecord[]) => Promise<void>;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
  /** A fetch returns after this time, or when `fetchBytesMin` wait: fewer, larger transactions under load. */
  readonly fetchWaitMs?: number;
  readonly fetchBytesMin?: number;
}

const HEARTBEAT_EVERY_MS = 3_000;

/** At-least-once batches of one partition, in order; positions are committed after `onBatch` has succeeded. */
export class BatchConsumer {
  private readonly consumer: KafkaConsumer;
  private readonly stopping = new AbortController();

  constructor(private readonly options: BatchConsumerOptions) {
    const { kafka, groupId, topics, sessionTimeoutMs = 30_000, fetchWaitMs = 200, fetchBytesMin = 16_384 } = options;
    this.consumer = kafka.consumer({ groupId, topics, from: 'earliest', sessionTimeoutMs, heartbeatEveryMs: HEARTBEAT_EVERY_MS, fetchWaitMs, fetchBytesMin, onBatch: (batch) => this.handle(batch) });
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.consumer.stop();
  }

  private async handle({ topic, partition, records, nextOffset, heartbeat, isStale }: ReceivedBatch): Promise<boolean> {
    const beat = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_EVERY_MS);
    try {
      for (let attempt = 0; !isStale() && !this.stopping.signal.aborted; attempt += 1) {
        try {
          await this.options.onBatch(records);
          await this.consumer.commit([{ topic, partition, offset: nextOffset }]);
          return true;
        } catch (error) {
          const { groupId, logger } = this.options;
          logger.warn('a batch failed and will be tried again', { groupId, topic, partition, offset: String(records[0]?.offset), attempt, ...describeError(error) });
          await sleep(backoffMs(attempt, Math.random()), this.stopping.signal);
        }
      }
      return false;
    } finally {
      clearInterval(beat);
    }
  }
}
