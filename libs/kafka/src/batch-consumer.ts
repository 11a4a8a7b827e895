import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { backoffMs, sleep } from './backoff.js';
import type { KafkaConnection } from './connection.js';
import { toConsumedRecord } from './record.js';
import type { ConsumedRecord } from './record.js';

export interface BatchConsumerOptions {
  readonly kafka: KafkaConnection;
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
  private consumer: Consumer | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: BatchConsumerOptions) {}

  async start(): Promise<void> {
    const { kafka, groupId, topics, sessionTimeoutMs = 30_000, fetchWaitMs = 200, fetchBytesMin = 16_384 } = this.options;
    this.consumer = kafka.consumer({ groupId, sessionTimeout: sessionTimeoutMs, heartbeatInterval: HEARTBEAT_EVERY_MS, maxWaitTimeInMs: fetchWaitMs, minBytes: fetchBytesMin });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await this.consumer.run({ eachBatchAutoResolve: false, autoCommit: true, autoCommitThreshold: 1, eachBatch: (payload) => this.handle(payload) });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.consumer?.disconnect();
  }

  private async handle({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const records = batch.messages.map((message) => toConsumedRecord(batch.topic, batch.partition, message));
    const beat = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_EVERY_MS);
    try {
      for (let attempt = 0; isRunning() && !isStale() && !this.stopping.signal.aborted; attempt += 1) {
        try {
          await this.options.onBatch(records);
          resolveOffset(batch.lastOffset());
          await commitOffsetsIfNecessary();
          return;
        } catch (error) {
          const { groupId, logger } = this.options;
          logger.warn('a batch failed and will be tried again', { groupId, topic: batch.topic, partition: batch.partition, offset: batch.firstOffset(), attempt, ...describeError(error) });
          await sleep(backoffMs(attempt, Math.random()), this.stopping.signal);
        }
      }
    } finally {
      clearInterval(beat);
    }
  }
}
