import type { Kafka, Producer } from 'kafkajs';
import { RatchetError } from '@ratchet/observability';
import { PRODUCER_FENCED } from '../client/kafka-client.js';
import type { CommittedOffset, KafkaProducer, TransactionalProducer } from '../client/kafka-client.js';
import { inRequests } from '../record.js';
import type { ProducedRecord } from '../record.js';

/** Well below the session timeout, so that what a dead owner left open never holds back the next for long. */
const TRANSACTION_TIMEOUT_MS = 10_000;

const FENCED: ReadonlySet<unknown> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING']);

export class KafkajsProducer implements KafkaProducer {
  private readonly producer: Producer;

  constructor(kafka: Kafka) {
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  async send(records: readonly ProducedRecord[]): Promise<void> {
    for (const topicMessages of inRequests(records)) await this.producer.sendBatch({ acks: -1, topicMessages });
  }

  disconnect(): Promise<void> {
    return this.producer.disconnect();
  }
}

/** kafkajs passes the metadata on, though its types do not have it. */
const toTopicOffsets = (positions: readonly CommittedOffset[]): { topic: string; partitions: { partition: number; offset: string; metadata?: string }[] }[] =>
  [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, places]) => ({
    topic,
    partitions: places.map(({ partition, offset, metadata }) => ({ partition, offset: String(offset), ...(metadata !== undefined && { metadata }) })),
  }));

export class KafkajsTransactionalProducer implements TransactionalProducer {
  private readonly producer: Producer;

  constructor(kafka: Kafka, private readonly transactionalId: string) {
    this.producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, transactionTimeout: TRANSACTION_TIMEOUT_MS });
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  async fence(): Promise<void> {
    await (await this.producer.transaction()).abort();
  }

  async commit({ records, groupId, positions }: Parameters<TransactionalProducer['commit']>[0]): Promise<void> {
    const transaction = await this.producer.transaction();
    try {
      for (const topicMessages of inRequests(records)) await transaction.sendBatch({ topicMessages });
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: toTopicOffsets(positions) });
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      if (!FENCED.has((error as { type?: unknown }).type)) throw error;
      throw new RatchetError({ code: PRODUCER_FENCED, message: `another producer has taken over ${this.transactionalId}`, cause: error });
    }
  }

  disconnect(): Promise<void> {
    return this.producer.disconnect();
  }
}
