import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { ConsumerOptions, KafkaConsumer, ReceivedBatch, TopicPartition } from '../client/kafka-client.js';
import { backoffMs, sleep } from '../backoff.js';
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

/** Errors that kafkajs tries again by itself before it gives up; then we begin again, for as long as it takes. */
const RETRIES = 8;
const FIRST_WAIT_ATTEMPT = 2;

/**
 * A member of a consumer group by kafkajs. It commits only what it is told to, keeps its partitions over a rebalance where it can, and
 * never just ends: where kafkajs gives up, a new member takes the old one's place. kafkajs' own restart is switched off, because two of
 * them at once, after a broker's outage, left a process that lived on without a member in its group.
 */
export class KafkajsConsumer implements KafkaConsumer {
  private consumer: Consumer;
  private assigned: readonly TopicPartition[] = [];
  private memberId: string | undefined;
  /** kafkajs has nothing to pause, and throws, when it has given up. */
  private hasEnded = false;
  private readonly stopping = new AbortController();

  constructor(private readonly kafka: Kafka, private readonly options: ConsumerOptions) {
    noSilentReset(options.groupId, options.onOutOfRange);
    this.consumer = this.create();
  }

  async start(): Promise<void> {
    const { topics, from, onBatch, partitionsConcurrently = DEFAULTS.partitionsConcurrently } = this.options;
    const { consumer } = this;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' });
    await consumer.run({
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
    this.stopping.abort();
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

  private create(): Consumer {
    const { groupId, sessionTimeoutMs, heartbeatEveryMs, fetchWaitMs, fetchBytesMin, fetchBytesMax } = { ...DEFAULTS, ...this.options };
    const consumer = this.kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatEveryMs,
      maxWaitTimeInMs: fetchWaitMs,
      minBytes: fetchBytesMin,
      maxBytesPerPartition: fetchBytesMax,
      retry: { retries: RETRIES, restartOnFailure: () => Promise.resolve(false) },
      // Members of an older release know only the second: a group changes over when the last of them has gone.
      partitionAssigners: [stickyAssigner(() => this.assigned), kafkajs.PartitionAssigners.roundRobin],
    });
    this.follow(consumer);
    return consumer;
  }

  private follow(consumer: Consumer): void {
    const { onAssigned, onPassedOver } = this.options;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assigned = flat(payload.memberAssignment);
      const isContinued = payload.memberId === this.memberId;
      this.memberId = payload.memberId;
      onAssigned?.(this.assigned, { isContinued, isMember: true });
    });
    // Without records kafkajs goes on by itself, and says so only here.
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, firstOffset, lastOffset } }) => {
      if (batchSize === 0) onPassedOver?.({ topic, partition, from: BigInt(firstOffset ?? lastOffset), to: BigInt(lastOffset) + 1n });
    });
    consumer.on(consumer.events.CRASH, () => {
      if (consumer !== this.consumer || this.hasEnded) return;
      this.giveUp();
      void this.beginAgain();
    });
  }

  /** What we had may be another's from now on. */
  private giveUp(): void {
    this.hasEnded = true;
    this.assigned = [];
    this.memberId = undefined;
    this.options.onAssigned?.([], { isContinued: false, isMember: false });
  }

  private async beginAgain(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = FIRST_WAIT_ATTEMPT; !signal.aborted; attempt += 1) {
      await this.consumer.disconnect().catch(() => undefined);
      await sleep(backoffMs(attempt, Math.random(), this.options.retryMs), signal);
      if (signal.aborted) return;
      this.consumer = this.create();
      this.hasEnded = false;
      try {
        return await this.start();
      } catch {
        // kafkajs has logged it.
        this.hasEnded = true;
      }
    }
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
