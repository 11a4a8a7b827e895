import { randomUUID } from 'node:crypto';
import type { Consumer } from 'kafkajs';
import { toConsumedRecord } from './record.js';
import type { TopicTableOptions } from './topic-table.js';

/** Follows topics from their end, each instance for itself: for live views that may miss what came before. */
export class TopicTail {
  private readonly consumer: Consumer;

  constructor(private readonly options: TopicTableOptions) {
    this.consumer = options.kafka.consumer({ groupId: `ratchet-tail-${randomUUID()}`, maxWaitTimeInMs: options.fetchWaitMs ?? 250, minBytes: 16_384 });
  }

  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: false });
    await this.consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset }) => {
        for (const message of batch.messages) this.options.onRecord(toConsumedRecord(batch.topic, batch.partition, message));
        resolveOffset(batch.lastOffset());
      },
    });
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }
}
