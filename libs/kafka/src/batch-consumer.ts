import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import { backoffMs, sleep } from './backoff.js';
import type { BackoffOptions } from './backoff.js';
import type { KafkaClient, KafkaConsumer, ReceivedBatch, TopicPartition } from './client/kafka-client.js';
import type { ConsumedRecord } from './record.js';
import { Turns } from './turns.js';

export interface BatchConsumerOptions {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Must leave nothing half done when it throws: the same records come again after a wait, for as long as it takes. It may take as
   * long as it needs, but must not hold the thread. `lost` fires when the partition has gone to another member: nothing of the batch
   * will be committed then, so that it is best given up.
   */
  readonly onBatch: (records: readonly ConsumedRecord[], lost: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
  /** A fetch returns after this time, or when `fetchBytesMin` wait: fewer, larger transactions under load. */
  readonly fetchWaitMs?: number;
  readonly fetchBytesMin?: number;
  /** Batches at once, each of another topic: a slow topic holds back none but itself. */
  readonly topicsAtOnce?: number;
  /**
   * Milliseconds by topic for which a partition is left alone after a batch: what comes meanwhile makes one larger batch in place of many small
   * ones. Nothing else waits for it, and there is none after a large batch.
   */
  readonly restMs?: Readonly<Record<string, number>>;
  /** Bounds of the waits between tries; 200 ms to 15 s unless given. */
  readonly retryMs?: BackoffOptions;
  readonly onCommitted?: (progress: { readonly topic: string; readonly partition: number; readonly records: number; readonly lag: bigint }) => void;
  /** Told which partitions this member has, whenever that changes; undefined while it is out of its group. */
  readonly onAssigned?: (places: readonly TopicPartition[] | undefined) => void;
  /** Told how many partitions wait because their batch has failed, whenever that number changes. */
  readonly onWaiting?: (partitions: number) => void;
}

const HEARTBEAT_EVERY_MS = 3_000;
const TOPICS_AT_ONCE = 3;
/** A batch that is done within this time is fetched behind at once; one that is not, stands aside. */
const PATIENCE_MS = 100;
/** More than any topic has partitions by default, so that their patience runs at the same time. */
const BATCHES_IN_LOOP = 8;

/** Where so many records came at once, more are waiting. */
const RESTS_BELOW_RECORDS = 500;

/** One batch under way; its partition is paused until it is done, and has rested. */
interface Work {
  readonly topic: string;
  readonly partition: number;
  readonly lost: AbortController;
  done: Promise<void>;
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * At-least-once batches of one partition, in order; positions are committed after `onBatch` has succeeded. While a batch is under way
 * or waits to be tried again, its partition alone is paused: the client goes on to fetch the others and to tell the group that it is
 * alive, so that a batch may take longer than the session without losing its partition.
 */
export class BatchConsumer {
  private consumer: KafkaConsumer | undefined;
  private readonly works = new Map<string, Work>();
  private readonly failing = new Set<Work>();
  private readonly stopping = new AbortController();
  private readonly turns: Turns;

  constructor(private readonly options: BatchConsumerOptions) {
    this.turns = new Turns(options.topicsAtOnce ?? TOPICS_AT_ONCE);
  }

  async start(): Promise<void> {
    const { kafka, groupId, topics, sessionTimeoutMs = 30_000, fetchWaitMs = 200, fetchBytesMin = 16_384, retryMs } = this.options;
    this.consumer = kafka.consumer({
      groupId,
      topics,
      from: 'earliest',
      sessionTimeoutMs,
      heartbeatEveryMs: HEARTBEAT_EVERY_MS,
      fetchWaitMs,
      fetchBytesMin,
      partitionsConcurrently: BATCHES_IN_LOOP,
      onBatch: (batch) => this.begin(batch),
      // Else lag would be left over markers and aborted records, which are never delivered. A commit that fails comes with the next batch.
      onPassedOver: ({ topic, partition, to }) => void this.consumer?.commit({ topic, partition, offset: to }).catch(() => undefined),
      onAssigned: (places, member) => this.onAssigned(places, member),
      ...(retryMs && { retryMs }),
    });
    await this.consumer.start();
  }

  /** Finishes and commits the batches under way, then leaves the group; what waits to be tried again is left to the next owner. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.works.values()].map(({ done }) => done));
    await this.consumer?.stop();
  }

  private onAssigned(places: readonly TopicPartition[], { isContinued, isMember }: { readonly isContinued: boolean; readonly isMember: boolean }): void {
    this.options.onAssigned?.(isMember ? places : undefined);
    const assigned = new Set(places.map(({ topic, partition }) => placeOf(topic, partition)));
    // As a new member: what we held may have been another's in between.
    for (const [place, work] of this.works) if (!isContinued || !assigned.has(place)) this.lose(work);
  }

  private lose(work: Work): void {
    if (work.lost.signal.aborted) return;
    work.lost.abort();
    // A pause outlives the assignment: without this, the partition would stand still if it came back.
    this.resume(work);
  }

  private resume({ topic, partition }: Work): void {
    this.consumer?.resume([{ topic, partition }]);
  }

  /** Does not wait long for the batch: this is the client's one loop, which fetches and keeps the membership. */
  private async begin(batch: ReceivedBatch): Promise<boolean> {
    const { topic, partition } = batch;
    const place = placeOf(topic, partition);
    const former = this.works.get(place);
    if (former && !former.lost.signal.aborted) return false;
    this.consumer?.pause([{ topic, partition }]);
    if (this.stopping.signal.aborted) return false;
    const work: Work = { topic, partition, lost: new AbortController(), done: Promise.resolve() };
    this.works.set(place, work);
    const carriedOut = (former?.done ?? Promise.resolve()).then(() => this.carryOut(work, batch)).finally(() => this.setFailing(work, false));
    work.done = carriedOut
      .then((isDone) => (isDone ? this.restAndResume(work, batch) : undefined))
      .finally(() => {
        if (this.works.get(place) === work) this.works.delete(place);
      });
    const isDone = new AbortController();
    await Promise.race([carriedOut.finally(() => isDone.abort()), sleep(PATIENCE_MS, isDone.signal)]);
    // Whatever became of it by now, the batch itself says where reading goes on.
    return false;
  }

  private isOver({ lost }: Work): boolean {
    return lost.signal.aborted || this.stopping.signal.aborted;
  }

  private async carryOut(work: Work, batch: ReceivedBatch): Promise<boolean> {
    const { topic, partition, records, nextOffset, highWatermark } = batch;
    if (!(await this.handle(work, records))) return false;
    if (!(await this.commit(work, batch))) return false;
    batch.resolve();
    this.options.onCommitted?.({ topic, partition, records: records.length, lag: highWatermark - nextOffset });
    return true;
  }

  private async restAndResume(work: Work, { topic, records }: ReceivedBatch): Promise<void> {
    const ms = this.options.restMs?.[topic];
    if (ms !== undefined && records.length < RESTS_BELOW_RECORDS) await sleep(ms, AbortSignal.any([work.lost.signal, this.stopping.signal]));
    // A partition that was lost is resumed already, and may be at work again.
    if (!work.lost.signal.aborted) this.resume(work);
  }

  /** Tries until it is done; false where the batch is no longer ours to do. */
  private async handle(work: Work, records: readonly ConsumedRecord[]): Promise<boolean> {
    const { groupId, logger, onBatch, retryMs } = this.options;
    const { topic, partition } = work;
    for (let attempt = 0; !this.isOver(work); attempt += 1) {
      try {
        const isDone = await this.turns.take(topic, async () => {
          if (this.isOver(work)) return false;
          await onBatch(records, work.lost.signal);
          return true;
        });
        this.setFailing(work, false);
        return isDone;
      } catch (error) {
        if (work.lost.signal.aborted) break;
        logger.warn('a batch failed and will be tried again', { groupId, topic, partition, offset: String(records[0]?.offset), attempt, ...describeError(error) });
        this.setFailing(work, true);
        await sleep(backoffMs(attempt, Math.random(), retryMs), AbortSignal.any([work.lost.signal, this.stopping.signal]));
      }
    }
    if (work.lost.signal.aborted) logger.info('a partition was lost with a batch under way, which its next owner does', { groupId, topic, partition });
    return false;
  }

  /** The batch is done by now: a commit that fails, as it does while the group moves, is repeated without it. */
  private async commit(work: Work, batch: ReceivedBatch): Promise<boolean> {
    const { groupId, logger } = this.options;
    const { topic, partition } = work;
    const offset = String(batch.nextOffset);
    for (let attempt = 0; !work.lost.signal.aborted; attempt += 1) {
      try {
        await this.consumer?.commit({ topic, partition, offset: batch.nextOffset });
        return true;
      } catch (error) {
        logger.debug('a position could not be committed and will be tried again', { groupId, topic, partition, offset, attempt, ...describeError(error) });
        if (this.stopping.signal.aborted && attempt >= 3) return false;
        await sleep(backoffMs(attempt, Math.random(), { initialMs: 100, maxMs: 2_000 }), work.lost.signal);
      }
    }
    return false;
  }

  private setFailing(work: Work, isFailing: boolean): void {
    if (this.failing.has(work) === isFailing) return;
    if (isFailing) this.failing.add(work);
    else this.failing.delete(work);
    this.options.onWaiting?.(this.failing.size);
  }
}
