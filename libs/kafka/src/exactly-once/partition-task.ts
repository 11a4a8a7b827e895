import type { ConsumedRecord, ProducedRecord } from '../record.js';
import type { ResumePoint } from './position.js';

/** The state of one input partition: a pure function of the records it was given, in order. */
export interface PartitionTask {
  /**
   * Called with the next records before they are processed, replayed ones too, for what can only be had by waiting: it may fetch, but must
   * change nothing that shows in the output other than what it fetched. A rejection gives the partition up, which is then restored.
   */
  readonly prepare?: ((records: readonly ConsumedRecord[]) => Promise<void>) | undefined;
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

export interface TaskStart {
  readonly partition: number;
  /** How many partitions the topic has. */
  readonly partitions: number;
  /** The first offset that has not been committed: records before it are replayed. */
  readonly position: bigint;
  readonly resume: ResumePoint | undefined;
}

/** Makes the task of a partition. */
export type TaskFactory = (start: TaskStart) => PartitionTask;
