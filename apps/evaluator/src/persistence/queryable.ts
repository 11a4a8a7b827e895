import type { Transaction } from '@ratchet/persistence';

/** A transaction, or the database outside of one. */
export type Queryable = Pick<Transaction, 'query'>;
