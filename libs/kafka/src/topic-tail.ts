import { randomUUID } from 'node:crypto';
import type { KafkaConsumer } from './client/kafka-client.js';
import type { TopicTableOptions } from './topic-table.js';

/** Follows topics from their end, each instance for itself: for live views that may miss what came before. */
export class TopicTail {
  private readonly consumer: KafkaConsumer;

  constructor({ kafka, topics, onRecord, fetchWaitMs = 250 }: TopicTableOptions) {
    this.consumer = kafka.consumer({
      groupId: `ratchet-tail-${randomUUID()}`,
      topics,
      from: 'latest',
      fetchWaitMs,
      fetchBytesMin: 16_384,
      onBatch: async ({ records }) => {
        for (const record of records) onRecord(record);
        return true;
      },
    });
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
  }
}
