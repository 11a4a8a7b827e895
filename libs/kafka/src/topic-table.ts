import { randomUUID } from 'node:crypto';
import type { Logger } from '@ratchet/observability';
import type { Consumer } from 'kafkajs';
import { sleep } from './backoff.js';
import type { KafkaConnection } from './connection.js';
import { toConsumedRecord } from './record.js';
import type { ConsumedRecord } from './record.js';

export interface TopicTableOptions {
  readonly kafka: KafkaConnection;
  readonly topics: readonly string[];
  readonly onRecord: (record: ConsumedRecord) => void;
  readonly logger: Logger;
  readonly fetchWaitMs?: number;
}

const EMPTY_FETCHES_AT_END = 5;
const FORGET_WITHIN_MS = 1_000;

/** Follows topics from their beginning, each instance for itself, as one reads a compacted topic into memory. */
export class TopicTable {
  private consumer: Consumer | undefined;
  private readonly groupId = `ratchet-table-${randomUUID()}`;

  constructor(private readonly options: TopicTableOptions) {}

  /** Resolves when everything that the topics held at the call has been read. */
  async start(): Promise<void> {
    const { kafka, topics, onRecord, logger, fetchWaitMs = 100 } = this.options;
    const waiting = await this.endsAtStart();
    const { promise: caughtUp, resolve } = Promise.withResolvers<void>();
    const reached = (place: string, next: bigint): void => {
      const end = waiting.get(place);
      if (end !== undefined && next >= end) waiting.delete(place);
      if (waiting.size === 0) resolve();
    };
    if (waiting.size === 0) resolve();
    this.consumer = kafka.consumer({ groupId: this.groupId, maxWaitTimeInMs: fetchWaitMs });
    // A topic may end in markers or an aborted transaction, which nobody delivers: then empty fetches are all that says the end.
    let emptyFetches = 0;
    this.consumer.on(this.consumer.events.FETCH, ({ payload }) => {
      emptyFetches = payload.numberOfBatches === 0 ? emptyFetches + 1 : 0;
      if (emptyFetches >= EMPTY_FETCHES_AT_END) resolve();
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset }) => {
        for (const message of batch.messages) {
          onRecord(toConsumedRecord(batch.topic, batch.partition, message));
          resolveOffset(message.offset);
        }
        reached(`${batch.topic}/${batch.partition}`, BigInt(batch.lastOffset()) + 1n);
        // Records that compaction removed, or a marker at the end: the high watermark is all there is to reach.
        if (BigInt(batch.lastOffset()) + 2n >= BigInt(batch.highWatermark)) reached(`${batch.topic}/${batch.partition}`, BigInt(batch.highWatermark));
      },
    });
    await caughtUp;
    logger.debug('table is up to date', { topics });
  }

  /** Leaves the group; removing it as well is a courtesy to the broker, for which nobody waits long. */
  async stop(): Promise<void> {
    await this.consumer?.disconnect();
    await Promise.race([this.forgetGroup().catch(() => undefined), sleep(FORGET_WITHIN_MS)]);
  }

  private async forgetGroup(): Promise<void> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    await admin.deleteGroups([this.groupId]).finally(() => admin.disconnect());
  }

  private async endsAtStart(): Promise<Map<string, bigint>> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    try {
      const ends = new Map<string, bigint>();
      for (const topic of this.options.topics) {
        for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
      return ends;
    } finally {
      await admin.disconnect();
    }
  }
}
