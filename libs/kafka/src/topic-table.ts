import { randomUUID } from 'node:crypto';
import type { Logger } from '@ratchet/observability';
import { sleep } from './backoff.js';
import type { KafkaClient, KafkaConsumer, TopicPartition } from './client/kafka-client.js';
import type { ConsumedRecord } from './record.js';

export interface TopicTableOptions {
  readonly kafka: KafkaClient;
  readonly topics: readonly string[];
  /** Where it gives a promise, no further record is read before that is kept. */
  readonly onRecord: (record: ConsumedRecord) => unknown;
  readonly logger: Logger;
  readonly fetchWaitMs?: number;
}

const FORGET_WITHIN_MS = 1_000;

const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Follows topics from their beginning, each instance for itself, as one reads a compacted topic into memory. */
export class TopicTable {
  private consumer: KafkaConsumer | undefined;
  private readonly groupId = `ratchet-table-${randomUUID()}`;

  constructor(private readonly options: TopicTableOptions) {}

  /** Resolves when everything that the topics held at the call has been read. */
  async start(): Promise<void> {
    const { kafka, topics, onRecord, logger, fetchWaitMs = 100 } = this.options;
    const waiting = await this.endsAtStart();
    const { promise: caughtUp, resolve } = Promise.withResolvers<void>();
    const reached = (place: TopicPartition, next: bigint): void => {
      const end = waiting.get(placeOf(place));
      if (end !== undefined && next >= end) waiting.delete(placeOf(place));
      if (waiting.size === 0) resolve();
    };
    if (waiting.size === 0) resolve();
    this.consumer = kafka.consumer({
      groupId: this.groupId,
      topics,
      from: 'earliest',
      fetchWaitMs,
      onBatch: async (batch) => {
        for (const record of batch.records) {
          const pending = onRecord(record);
          if (pending instanceof Promise) await pending;
        }
        reached(batch, batch.nextOffset);
        return true;
      },
      // A topic may end in markers or an aborted transaction.
      onPassedOver: ({ topic, partition, to }) => reached({ topic, partition }, to),
    });
    await this.consumer.start();
    await caughtUp;
    logger.debug('table is up to date', { topics });
  }

  /** Leaves the group; removing it as well is a courtesy to the broker, for which nobody waits long. */
  async stop(): Promise<void> {
    await this.consumer?.stop();
    await Promise.race([this.forgetGroup().catch(() => undefined), sleep(FORGET_WITHIN_MS)]);
  }

  private async forgetGroup(): Promise<void> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    await admin.deleteGroup(this.groupId).finally(() => admin.disconnect());
  }

  private async endsAtStart(): Promise<Map<string, bigint>> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    try {
      const ends = new Map<string, bigint>();
      for (const topic of this.options.topics) {
        for (const { partition, high, low } of await admin.bounds(topic)) if (high > low) ends.set(placeOf({ topic, partition }), high);
      }
      return ends;
    } finally {
      await admin.disconnect();
    }
  }
}
