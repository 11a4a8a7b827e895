import type { Kafka, Producer } from 'kafkajs';
import { RatchetError } from '@ratchet/observability';
import { sleep } from '../backoff.js';
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

const CONCURRENT = 'CONCURRENT_TRANSACTIONS';
const ASK_AGAIN_AFTER_MS = 3;

/**
 * A broker answers a commit before its markers are written, and takes no next transaction of the id until they are: some milliseconds.
 * kafkajs would wait a hundred for it when it sends records, and not at all when it sends positions; so positions go first, with this.
 */
const whenLastHasEnded = async (begin: () => Promise<void>): Promise<void> => {
  const giveUpAt = performance.now() + TRANSACTION_TIMEOUT_MS;
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      if ((error as { type?: unknown }).type !== CONCURRENT || performance.now() > giveUpAt) throw error;
      await sleep(ASK_AGAIN_AFTER_MS);
    }
  }
};

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
      await whenLastHasEnded(() => transaction.sendOffsets({ consumerGroupId: groupId, topics: toTopicOffsets(positions) }));
      for (const topicMessages of inRequests(records)) await transaction.sendBatch({ topicMessages });
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
