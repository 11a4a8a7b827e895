import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { ConsumerOptions, KafkaConsumer, ReceivedBatch, TopicPartition } from '../client/kafka-client.js';
import { toConsumedRecord } from '../record.js';
import { noSilentReset } from './out-of-range.js';
import { stickyAssigner } from './sticky-assigner.js';

const DEFAULTS = { sessionTimeoutMs: 30_000, heartbeatEveryMs: 3_000, fetchWaitMs: 200, fetchBytesMin: 1, fetchBytesMax: 1_048_576, partitionsConcurrently: 1 } as const;

/** The offset that the fetch asked for; kafkajs keeps it on the batch, but not in its types. */
const requestedFrom = (batch: Batch): bigint => BigInt((batch as unknown as { fetchedOffset: { toString(): string } }).fetchedOffset.toString());

const byTopic = (partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] => {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([topic, numbers]) => ({ topic, partitions: numbers }));
};

const flat = (assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] =>
  Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));

/** A member of a consumer group by kafkajs. It commits only what it is told to, and keeps its partitions over a rebalance where it can. */
export class KafkajsConsumer implements KafkaConsumer {
  private readonly consumer: Consumer;
  private assigned: readonly TopicPartition[] = [];
  private memberId: string | undefined;
  /** kafkajs has nothing to pause, and throws, when it has given up. */
  private hasEnded = false;

  constructor(kafka: Kafka, private readonly options: ConsumerOptions) {
    const settings = { ...DEFAULTS, ...options };
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: settings.heartbeatEveryMs,
      maxWaitTimeInMs: settings.fetchWaitMs,
      minBytes: settings.fetchBytesMin,
      maxBytesPerPartition: settings.fetchBytesMax,
      // Members of an older release know only the second: a group changes over when the last of them has gone.
      partitionAssigners: [stickyAssigner(() => this.assigned), kafkajs.PartitionAssigners.roundRobin],
    });
    noSilentReset(options.groupId, options.onOutOfRange);
    this.follow();
  }

  async start(): Promise<void> {
    const { topics, from, onBatch, partitionsConcurrently = DEFAULTS.partitionsConcurrently } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsConcurrently,
      eachBatch: async (payload) => {
        const batch = toReceivedBatch(payload);
        if (await onBatch(batch)) batch.resolve();
        if (!batch.isStale()) await payload.heartbeat();
      },
    });
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }

  pause(partitions: readonly TopicPartition[]): void {
    if (!this.hasEnded) this.consumer.pause(byTopic(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    if (!this.hasEnded) this.consumer.resume(byTopic(partitions));
  }

  seek({ topic, partition, offset }: TopicPartition & { readonly offset: bigint }): void {
    if (!this.hasEnded) this.consumer.seek({ topic, partition, offset: String(offset) });
  }

  async commit({ topic, partition, offset }: TopicPartition & { readonly offset: bigint }): Promise<void> {
    await this.consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
  }

  private follow(): void {
    const { consumer } = this;
    const { onAssigned, onPassedOver, onFatal } = this.options;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assigned = flat(payload.memberAssignment);
      const isContinued = payload.memberId === this.memberId;
      this.memberId = payload.memberId;
      onAssigned?.(this.assigned, { isContinued });
    });
    // Without records kafkajs goes on by itself, and says so only here.
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, firstOffset, lastOffset } }) => {
      if (batchSize === 0) onPassedOver?.({ topic, partition, from: BigInt(firstOffset ?? lastOffset), to: BigInt(lastOffset) + 1n });
    });
    // An error that kafkajs does not retry ends the consumer for good, while its process lives on.
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (restart) return;
      this.hasEnded = true;
      onFatal?.(error);
    });
  }
}

const toReceivedBatch = ({ batch, heartbeat, isStale, isRunning, resolveOffset }: EachBatchPayload): ReceivedBatch => ({
  topic: batch.topic,
  partition: batch.partition,
  records: batch.messages.map((message) => toConsumedRecord(batch.topic, batch.partition, message)),
  requestedFrom: requestedFrom(batch),
  nextOffset: BigInt(batch.lastOffset()) + 1n,
  highWatermark: BigInt(batch.highWatermark),
  isStale: () => isStale() || !isRunning(),
  heartbeat,
  resolve: () => resolveOffset(batch.lastOffset()),
});
