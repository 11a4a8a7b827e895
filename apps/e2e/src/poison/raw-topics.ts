import { testKafka, uniqueName, withAdmin } from '@ratchet/testing';
import type { KafkaMessage, Producer } from 'kafkajs';
import type { RawRecord } from './poisons.js';

/** Writes records of one topic as they are, in one batch each way: partition 0, so that one stands behind the other. */
export class RawWriter {
  private readonly producer: Producer = testKafka().producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });

  connect(): Promise<void> {
    return this.producer.connect();
  }

  async write(topic: string, records: readonly RawRecord[]): Promise<void> {
    // One request each: together they may be more than a broker takes at once.
    for (const { key, value, headers } of records) await this.producer.send({ topic, acks: -1, messages: [{ partition: 0, key, value, headers }] });
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}

/** All records of the topics, with their bytes as they are. */
export const readRaw = async (topics: readonly string[], withinMs = 60_000): Promise<Map<string, KafkaMessage[]>> => {
  const found = new Map<string, KafkaMessage[]>(topics.map((topic) => [topic, []]));
  const ends = await withAdmin(async (admin) => {
    const all = await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const));
    return new Map(all.map(([topic, partitions]) => [topic, partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)]));
  });
  const consumer = testKafka().consumer({ groupId: uniqueName('poison-read'), maxWaitTimeInMs: 50, maxBytes: 50_000_000, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  let lastMs = Date.now();
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      lastMs = Date.now();
      found.get(topic)?.push(message);
    },
  });
  // Transactions leave markers, which count as offsets and are never delivered: silence is the other end.
  const isComplete = (): boolean => topics.every((topic) => (found.get(topic)?.length ?? 0) >= (ends.get(topic) ?? 0));
  for (const until = Date.now() + withinMs; !isComplete() && Date.now() < until && Date.now() - lastMs < 10_000; ) await new Promise((resolve) => setTimeout(resolve, 50));
  await consumer.disconnect();
  return found;
};
