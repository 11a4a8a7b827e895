import type { Database } from '@ratchet/persistence';

/** What a query needs: the database itself, or a transaction on it. */
export type Queryable = Pick<Database, 'query'>;
