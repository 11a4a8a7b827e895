import type { ConsumedRecord } from '@ratchet/kafka';
import type { Transaction } from '@ratchet/persistence';

/** Where in the log a record is. */
export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  /** In decimal: offsets are 64 bits. */
  readonly offset: string;
}

/** The batch's transaction, as the handler of one record sees it. */
export interface HandlerTransaction extends Transaction {
  /** Of the record that is being handled; absent where no consumer is at work. */
  readonly position?: RecordPosition;
}

export const transactionAt = (tx: Transaction, { topic, partition, offset }: Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>): HandlerTransaction => ({
  query: (sql, parameters) => tx.query(sql, parameters),
  emit: (definition, data, options) => tx.emit(definition, data, options),
  enqueue: (jobName, payload, options) => tx.enqueue(jobName, payload, options),
  atEnd: (key, work) => tx.atEnd(key, work),
  gather: (key, value, work) => tx.gather(key, value, work),
  position: { topic, partition, offset: String(offset) },
});
