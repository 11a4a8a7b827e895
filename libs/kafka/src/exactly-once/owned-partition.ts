import { describeError, RatchetError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import { sleep } from '../backoff.js';
import { PRODUCER_FENCED } from '../client/kafka-client.js';
import type { KafkaAdmin, KafkaClient, ReceivedBatch, TransactionalProducer } from '../client/kafka-client.js';
import type { ConsumedRecord, ProducedRecord } from '../record.js';
import { CommitPipeline } from './commit-pipeline.js';
import type { PartitionTask, TaskFactory } from './partition-task.js';
import { encodePosition } from './position.js';
import { readStart } from './read-start.js';
import { splitBatch } from './split-batch.js';

export interface CommitProgress {
  readonly partition: number;
  readonly records: number;
  /** Records of the log that are not computed yet. */
  readonly lag: bigint;
  /** From the batch to its commit. */
  readonly durationMs: number;
  /** How far back a replay would reach, in records. */
  readonly replayRecords: bigint;
}

export interface PartitionContext {
  readonly client: KafkaClient;
  readonly admin: KafkaAdmin;
  readonly groupId: string;
  readonly topic: string;
  readonly batchBytesMax: number;
  readonly createTask: TaskFactory;
  readonly logger: Logger;
  /** Reading may begin, at this offset. */
  readonly onPrepared: (partition: number, offset: bigint) => void;
  /** Its state has run ahead of the log, or its producer is fenced: it must be given up, and perhaps taken again. */
  readonly onLost: (own: OwnedPartition, reason: { readonly fenced: boolean }) => void;
  readonly onFatal: (error: Error) => void;
  readonly onCommitted: (progress: CommitProgress) => void;
  readonly onRestored: (restored: { readonly partition: number; readonly records: number; readonly durationMs: number }) => void;
}

const QUIET_AFTER_MS = 500;
/** Brokers forget the position of a group that is silent for `offsets.retention.minutes`, 7 days by default. */
const REPEAT_COMMIT_AFTER_MS = 3_600_000;
const NOT_READY_WAIT_MS = 20;
const TRY_AGAIN_AFTER_MS = 1_000;

/**
 * One partition from its assignment to its loss. Everything that is computed is provisional until its commit: a commit that fails
 * ends this object, and the partition is restored from the log by the next one.
 */
export class OwnedPartition {
  private state: 'preparing' | 'restoring' | 'live' | 'lost' = 'preparing';
  private producer: TransactionalProducer | undefined;
  private task: PartitionTask | undefined;
  /** The first offset that had not been committed at the start: records below are only replayed. */
  private replayEnd = 0n;
  /** The next offset to compute. */
  private next = 0n;
  private lastActivityMs = Date.now();
  private lastCommitMs = Date.now();
  private replayed = { records: 0, sinceMs: 0 };
  private taking: Promise<boolean> = Promise.resolve(true);
  private finishing = false;
  private readonly commits = new CommitPipeline((error) => this.fail('a transaction failed', error));

  constructor(readonly partition: number, private readonly context: PartitionContext) {}

  get isLost(): boolean {
    return this.state === 'lost';
  }

  /** Where reading must go on after a rebalance that left the partition here; undefined while it is not known yet. */
  get resumeAt(): bigint | undefined {
    return this.state === 'preparing' || this.state === 'lost' ? undefined : this.next;
  }

  /** Fences the former owner, and only then reads how far it came. Tries until it succeeds, is lost, or can never succeed. */
  async prepare(): Promise<void> {
    const { client, groupId, topic, logger, onFatal } = this.context;
    while (!this.isLost) {
      try {
        this.producer = client.transactionalProducer(`${groupId}-${this.partition}`);
        await this.producer.connect();
        await this.producer.fence();
        return await this.begin();
      } catch (error) {
        if (this.isLost) return;
        if (error instanceof RatchetError && !error.retryable) return onFatal(error);
        logger.warn('preparing a partition failed and will be tried again', { topic, partition: this.partition, ...describeError(error) });
        await this.producer?.disconnect().catch(() => undefined);
        await sleep(TRY_AGAIN_AFTER_MS);
      }
    }
  }

  /** Gives true when the next batch may come, false when this one must come again. */
  take(batch: ReceivedBatch): Promise<boolean> {
    const taking = this.takeParts(batch);
    this.taking = taking.catch(() => false);
    return taking;
  }

  /** From `from` up to, and without, `to` there are only markers and aborted records. */
  passOver(from: bigint, to: bigint): void {
    if (this.resumeAt === undefined || from > this.next || to <= this.next) return;
    this.next = to;
    if (this.state === 'restoring' && this.next >= this.replayEnd) this.goLive();
  }

  /** Time must pass on a quiet partition too, but only through the log, so that a replay sees it pass at the same places. */
  tick(nowMs: number): void {
    if (this.state !== 'live' || !this.commits.isIdle || nowMs - this.lastActivityMs < QUIET_AFTER_MS) return;
    const record = this.task?.clockRecord(nowMs);
    if (!record && nowMs - this.lastCommitMs < REPEAT_COMMIT_AFTER_MS) return;
    this.lastActivityMs = nowMs;
    void this.commit(record ? [{ ...record, partition: this.partition }] : []);
  }

  /** Ends output at once; resolves when no commit is under way any more. */
  async release(): Promise<void> {
    this.state = 'lost';
    await this.commits.drained();
    await this.producer?.disconnect().catch(() => undefined);
  }

  /** Takes nothing more; resolves when all that was computed is committed, or given up. */
  async finish(): Promise<void> {
    this.finishing = true;
    await this.taking;
    await this.commits.drained();
  }

  private async begin(): Promise<void> {
    const { admin, groupId, topic, createTask, logger, onPrepared } = this.context;
    const { position, resume, partitions } = await readStart({ admin, groupId, topic, partition: this.partition });
    if (this.isLost) return this.producer?.disconnect();
    const replayFrom = resume?.replayFrom ?? position;
    this.task = createTask({ partition: this.partition, partitions, position, resume });
    this.replayEnd = position;
    this.next = replayFrom;
    this.replayed = { records: 0, sinceMs: performance.now() };
    this.state = replayFrom < position ? 'restoring' : 'live';
    onPrepared(this.partition, replayFrom);
    logger.info('partition assigned', { topic, partition: this.partition, position: String(position), replayFrom: String(replayFrom) });
  }

  private async takeParts(batch: ReceivedBatch): Promise<boolean> {
    if (this.state === 'preparing') await sleep(NOT_READY_WAIT_MS);
    if (this.resumeAt === undefined || batch.isStale()) return false;
    if (batch.requestedFrom > this.next) return this.refuseGap(batch);
    for (const part of splitBatch(this.newOf(batch.records), this.context.batchBytesMax)) {
      if (this.finishing) return false;
      await this.apply(part, batch.highWatermark);
      if (this.isLost) return false;
      await batch.heartbeat();
    }
    this.passOver(this.next, batch.nextOffset);
    return true;
  }

  private async apply(records: readonly ConsumedRecord[], highWatermark: bigint): Promise<void> {
    const startedAt = performance.now();
    if (this.task?.prepare !== undefined && !(await this.prepareTask(this.task, records))) return;
    // Whoever waits may be overtaken: after a rebalance the same records come again while an earlier delivery still waits for its commit.
    const out = this.compute(this.newOf(records));
    this.lastActivityMs = Date.now();
    if (!out) return;
    const next = this.next;
    await this.commit(out, (replayFrom) =>
      this.context.onCommitted({ partition: this.partition, records: records.length, lag: highWatermark - next, durationMs: performance.now() - startedAt, replayRecords: next - replayFrom }),
    );
  }

  private newOf(records: readonly ConsumedRecord[]): readonly ConsumedRecord[] {
    return records.filter(({ offset }) => offset >= this.next);
  }

  /** Whether the records can be computed; the partition may have been lost in the meantime. */
  private async prepareTask(task: PartitionTask, records: readonly ConsumedRecord[]): Promise<boolean> {
    try {
      await task.prepare?.(records);
    } catch (error) {
      this.fail('a batch could not be prepared', error);
    }
    return !this.isLost;
  }

  /** What the records give; undefined when all of them were only replayed. */
  private compute(records: readonly ConsumedRecord[]): ProducedRecord[] | undefined {
    const { task } = this;
    if (!task) return undefined;
    const out: ProducedRecord[] = [];
    let first: bigint | undefined;
    for (const record of records) {
      this.next = record.offset + 1n;
      if (record.offset < this.replayEnd) {
        this.replayed.records += 1;
        task.process(record);
        continue;
      }
      if (this.state === 'restoring') this.goLive();
      first ??= record.offset;
      for (const produced of task.process(record)) out.push(produced);
    }
    if (this.state === 'restoring' && this.next >= this.replayEnd) this.goLive();
    if (first === undefined) return undefined;
    for (const produced of task.endBatch({ first, last: this.next - 1n })) out.push(produced);
    return out;
  }

  private goLive(): void {
    this.task?.endReplay();
    this.state = 'live';
    const { records, sinceMs } = this.replayed;
    this.context.onRestored({ partition: this.partition, records, durationMs: performance.now() - sinceMs });
  }

  /** Queues a transaction for the present state; resolves when the one before it has ended. */
  private commit(records: readonly ProducedRecord[], onDone: (replayFrom: bigint) => void = () => undefined): Promise<void> {
    const { task, producer } = this;
    if (!task || !producer) return Promise.resolve();
    const { groupId, topic } = this.context;
    // Taken now: when the transaction's turn comes, the task is a batch further.
    const offset = this.next;
    const resume = task.resumePoint(offset);
    const metadata = encodePosition(resume);
    return this.commits.push(async () => {
      // A rebalance took the partition: its heir begins where the last commit ended.
      if (this.isLost) return;
      await producer.commit({ records, groupId, positions: [{ topic, partition: this.partition, offset, metadata }] });
      this.lastCommitMs = Date.now();
      onDone(resume.replayFrom);
    });
  }

  private fail(what: string, error: unknown): void {
    if (this.isLost) return;
    const { logger, topic } = this.context;
    logger.warn(`${what}: the partition is restored from the log`, { topic, partition: this.partition, ...describeError(error) });
    this.giveUp({ fenced: error instanceof RatchetError && error.code === PRODUCER_FENCED });
  }

  /** The log went on without us: it is safer to restore, which also finds out whether records are gone. */
  private refuseGap(batch: ReceivedBatch): boolean {
    const { logger, topic } = this.context;
    logger.warn('records are missing between two batches: the partition is restored from the log', { topic, partition: this.partition, expected: String(this.next), received: String(batch.requestedFrom) });
    this.giveUp({ fenced: false });
    return false;
  }

  private giveUp(reason: { readonly fenced: boolean }): void {
    this.state = 'lost';
    this.context.onLost(this, reason);
    void this.release();
  }
}
