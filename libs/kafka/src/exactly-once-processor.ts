import { describeError, RatchetError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import type { Admin, Consumer, EachBatchPayload, Producer } from 'kafkajs';
import { sleep } from './backoff.js';
import type { KafkaConnection } from './connection.js';
import { decodePosition, encodePosition } from './position.js';
import type { ResumePoint } from './position.js';
import { inRequests, toConsumedRecord } from './record.js';
import type { ConsumedRecord, ProducedRecord } from './record.js';

/** The state of one input partition: a pure function of the records it was given, in order. */
export interface PartitionTask {
  /** Applies one record; what it returns is written, unless the record is only replayed to restore the state. */
  process(record: ConsumedRecord): readonly ProducedRecord[];
  /** Called after a batch's last record and before its commit. */
  endBatch(range: { readonly first: bigint; readonly last: bigint }): readonly ProducedRecord[];
  /** Forgets what replayed records would have put out. */
  endReplay(): void;
  /** From where, and with what, another task reaches this state; `position` is the next offset to read. */
  resumePoint(position: bigint): ResumePoint;
  /** A record that moves stream time on when the partition is quiet and something waits for time to pass. */
  clockRecord(nowMs: number): ProducedRecord | undefined;
}

export interface ExactlyOnceProcessorOptions {
  readonly kafka: KafkaConnection;
  readonly groupId: string;
  readonly topic: string;
  /** `position` is the first offset that has not been committed: records before it are replayed. */
  readonly createTask: (partition: number, position: bigint, resume: ResumePoint | undefined) => PartitionTask;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
  readonly onCommitted?: (progress: { partition: number; records: number; lag: bigint; durationMs: number }) => void;
  readonly fetchWaitMs?: number;
  readonly fetchBytesMin?: number;
  readonly partitionsConcurrently?: number;
  /** A process that died holds its partitions for this long. */
  readonly sessionTimeoutMs?: number;
}

interface OwnedPartition {
  readonly partition: number;
  producer?: Producer;
  task?: PartitionTask;
  /** The first offset that has not been committed. */
  position: bigint;
  /** The next offset to apply, below the position while restoring. */
  next: bigint;
  restoreFrom: bigint;
  state: 'preparing' | 'restoring' | 'live' | 'lost';
  lastActivityMs: number;
  /** One transaction at a time: batches and clock records take turns. */
  turn: Promise<void>;
}

/** The offset that the fetch asked for; kafkajs keeps it on the batch, but not in its types. */
const fetchedFrom = (batch: EachBatchPayload['batch']): bigint => BigInt((batch as unknown as { fetchedOffset: string | number }).fetchedOffset);

/**
 * True for a batch that was fetched before our seek took effect: it would leave a gap, so it is left unresolved and the seek brings
 * the right one. The record at `restoreFrom` exists, so the first batch after the seek starts there and at no marker behind it.
 */
const isAheadOfReplay = ({ state, next, restoreFrom }: OwnedPartition, batch: EachBatchPayload['batch']): boolean =>
  state === 'restoring' && next === restoreFrom && fetchedFrom(batch) > restoreFrom;

const SESSION_TIMEOUT_MS = 20_000;
const TRANSACTION_TIMEOUT_MS = 10_000;
const QUIET_AFTER_MS = 500;

/**
 * Reads a topic partition by partition; outputs and the input position are one Kafka transaction (`transactional.id` = group and
 * partition, so that a former owner is fenced). State is restored by reading again from the offset in the position's metadata,
 * without output up to the position.
 */
export class ExactlyOnceProcessor {
  private readonly owned = new Map<number, OwnedPartition>();
  private readonly stopping = new AbortController();
  private readonly admin: Admin;
  private consumer: Consumer | undefined;
  private clock: NodeJS.Timeout | undefined;

  constructor(private readonly options: ExactlyOnceProcessorOptions) {
    this.admin = options.kafka.admin();
  }

  async start(): Promise<void> {
    const { kafka, groupId, topic, fetchWaitMs = 150, fetchBytesMin = 65_536, partitionsConcurrently = 3, sessionTimeoutMs = SESSION_TIMEOUT_MS } = this.options;
    await this.admin.connect();
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: 2_000,
      maxWaitTimeInMs: fetchWaitMs,
      minBytes: fetchBytesMin,
    });
    this.consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.onAssigned(payload.memberAssignment[topic] ?? []));
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsConcurrently,
      eachBatch: (payload) => this.onBatch(payload),
    });
    this.clock = setInterval(() => this.tickClocks(), 250);
  }

  /** Finishes the batch under way, then leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.clock);
    await this.consumer?.disconnect();
    await Promise.all([...this.owned.values()].map((own) => this.release(own)));
    await this.admin.disconnect();
  }

  private onAssigned(partitions: readonly number[]): void {
    for (const [partition, own] of this.owned) if (!partitions.includes(partition)) void this.release(own);
    for (const partition of partitions) if (!this.owned.has(partition)) this.acquire(partition);
  }

  private acquire(partition: number): void {
    const own: OwnedPartition = {
      partition,
      position: 0n,
      next: 0n,
      restoreFrom: 0n,
      state: 'preparing',
      lastActivityMs: Date.now(),
      turn: Promise.resolve(),
    };
    this.owned.set(partition, own);
    // A fetch from a position that the log no longer holds would make kafkajs commit another one in its place.
    this.consumer?.pause([{ topic: this.options.topic, partitions: [partition] }]);
    void this.prepare(own);
  }

  private async release(own: OwnedPartition): Promise<void> {
    own.state = 'lost';
    if (this.owned.get(own.partition) === own) this.owned.delete(own.partition);
    await own.turn.catch(() => undefined);
    await own.producer?.disconnect().catch(() => undefined);
  }

  /** Fences the former owner, and only then reads how far it came. */
  private async prepare(own: OwnedPartition): Promise<void> {
    const { kafka, groupId, topic, logger } = this.options;
    try {
      own.producer = kafka.producer({
        transactionalId: `${groupId}-${own.partition}`,
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: TRANSACTION_TIMEOUT_MS,
      });
      await own.producer.connect();
      await (await own.producer.transaction()).abort();
      const { position, resume } = await this.readPosition(own.partition);
      if (own.state === 'lost') return;
      const replayFrom = resume?.replayFrom ?? position;
      own.task = this.options.createTask(own.partition, position, resume);
      own.position = position;
      own.next = replayFrom;
      own.restoreFrom = replayFrom;
      this.consumer?.seek({ topic, partition: own.partition, offset: String(replayFrom) });
      this.consumer?.resume([{ topic, partitions: [own.partition] }]);
      own.state = replayFrom < position ? 'restoring' : 'live';
      logger.info('partition assigned', { topic, partition: own.partition, position: String(position), replayFrom: String(replayFrom) });
    } catch (error) {
      if (own.state === 'lost' || this.stopping.signal.aborted) return;
      if (error instanceof RatchetError && !error.retryable) return this.options.onFatal(error);
      logger.warn('preparing a partition failed and will be tried again', { topic, partition: own.partition, ...describeError(error) });
      await own.producer?.disconnect().catch(() => undefined);
      await sleep(1_000, this.stopping.signal);
      if (this.owned.get(own.partition) === own) await this.prepare(own);
    }
  }

  private async readPosition(partition: number): Promise<{ position: bigint; resume: ResumePoint | undefined }> {
    const { groupId, topic } = this.options;
    const [committed] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
    const found = committed?.partitions.find((candidate) => candidate.partition === partition);
    const bounds = (await this.admin.fetchTopicOffsets(topic)).find((candidate) => candidate.partition === partition);
    const low = BigInt(bounds?.low ?? '0');
    const high = BigInt(bounds?.high ?? '0');
    if (!found || found.offset === '-1') return { position: low, resume: undefined };
    const position = BigInt(found.offset);
    const resume = decodePosition(found.metadata);
    const replayFrom = resume?.replayFrom ?? position;
    if (replayFrom < low || position > high) {
      throw new RatchetError({
        code: 'position_out_of_range',
        message: `group ${groupId} stands at ${topic}/${partition} offset ${position} (needs ${replayFrom} and later), but the log holds ${low} to ${high}: set the position with kafka-consumer-groups --reset-offsets, or raise the topic's retention`,
        context: { topic, partition, position: String(position), replayFrom: String(replayFrom), low: String(low), high: String(high) },
      });
    }
    return { position, resume };
  }

  private async onBatch({ batch, resolveOffset, heartbeat, isStale }: EachBatchPayload): Promise<void> {
    const own = this.owned.get(batch.partition);
    if (!own || own.state === 'preparing' || own.state === 'lost') {
      await sleep(20, this.stopping.signal);
      return;
    }
    await this.inTurn(own, async () => {
      if (isStale() || this.owned.get(batch.partition) !== own || isAheadOfReplay(own, batch)) return;
      const records = batch.messages.map((message) => toConsumedRecord(batch.topic, batch.partition, message)).filter(({ offset }) => offset >= own.next);
      const first = records[0];
      const last = records.at(-1);
      if (first && last) await this.apply(own, records, BigInt(batch.highWatermark));
      if (this.owned.get(batch.partition) !== own) return;
      resolveOffset(batch.lastOffset());
      await heartbeat();
    });
  }

  private async apply(own: OwnedPartition, records: readonly ConsumedRecord[], highWatermark: bigint): Promise<void> {
    const { task } = own;
    if (!task) return;
    const startedAt = performance.now();
    const out: ProducedRecord[] = [];
    let firstNew: bigint | undefined;
    let last = own.next - 1n;
    for (const record of records) {
      last = record.offset;
      if (record.offset < own.position) {
        task.process(record);
        continue;
      }
      if (own.state === 'restoring') this.goLive(own);
      firstNew ??= record.offset;
      for (const produced of task.process(record)) out.push(produced);
    }
    own.next = last + 1n;
    own.lastActivityMs = Date.now();
    if (own.state === 'restoring' && own.next >= own.position) this.goLive(own);
    if (firstNew === undefined) return;
    out.push(...task.endBatch({ first: firstNew, last }));
    if (!(await this.commit(own, out, own.next))) return;
    this.options.onCommitted?.({ partition: own.partition, records: records.length, lag: highWatermark - own.next, durationMs: performance.now() - startedAt });
  }

  private goLive(own: OwnedPartition): void {
    own.task?.endReplay();
    own.state = 'live';
  }

  /** One transaction; where it fails the state has run ahead of the log, so the partition is restored. */
  private async commit(own: OwnedPartition, out: readonly ProducedRecord[], position: bigint): Promise<boolean> {
    const { groupId, topic, logger } = this.options;
    const { producer, task } = own;
    if (!producer || !task) return false;
    try {
      const transaction = await producer.transaction();
      try {
        for (const topicMessages of inRequests(out)) await transaction.sendBatch({ topicMessages });
        const metadata = encodePosition(task.resumePoint(position));
        await transaction.sendOffsets({
          consumerGroupId: groupId,
          topics: [{ topic, partitions: [{ partition: own.partition, offset: String(position), metadata } as { partition: number; offset: string }] }],
        });
        await transaction.commit();
      } catch (error) {
        await transaction.abort().catch(() => undefined);
        throw error;
      }
      own.position = position;
      return true;
    } catch (error) {
      logger.warn('a transaction failed: the partition is restored from the log', { topic, partition: own.partition, ...describeError(error) });
      this.restore(own);
      return false;
    }
  }

  private restore(own: OwnedPartition): void {
    const mine = this.owned.get(own.partition) === own;
    own.state = 'lost';
    this.owned.delete(own.partition);
    void own.producer?.disconnect().catch(() => undefined);
    if (mine && !this.stopping.signal.aborted) setTimeout(() => { if (!this.owned.has(own.partition) && !this.stopping.signal.aborted) this.acquire(own.partition); }, 500);
  }

  /** Time must pass on a quiet partition too, but only through the log, so that a replay sees it pass at the same places. */
  private tickClocks(): void {
    const nowMs = Date.now();
    for (const own of this.owned.values()) {
      if (own.state !== 'live' || nowMs - own.lastActivityMs < QUIET_AFTER_MS) continue;
      const record = own.task?.clockRecord(nowMs);
      if (!record) continue;
      own.lastActivityMs = nowMs;
      void this.inTurn(own, async () => {
        if (own.state === 'live') await this.commit(own, [{ ...record, partition: own.partition }], own.position);
      });
    }
  }

  private async inTurn(own: OwnedPartition, work: () => Promise<void>): Promise<void> {
    const turn = own.turn.then(work);
    own.turn = turn.catch(() => undefined);
    await turn;
  }
}
