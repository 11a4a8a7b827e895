import { createHash } from 'node:crypto';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Database, Transaction } from './database.js';

/** Of the larger of what PostgreSQL's index takes (2,704 bytes), two of these are always less. */
const CHARACTERS_MAX = 300;

/**
 * An id as PostgreSQL can keep and index it. Headers hold any bytes: text has no zero byte and no half of a surrogate pair, and an index no
 * key of thousands of bytes. Such an id is known by its digest, or its record would be refused with every batch that it comes in.
 */
const storable = (id: string): string =>
  id.length <= CHARACTERS_MAX && !id.includes('\0') && id.isWellFormed() ? id : `sha256:${createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('hex')}`;

/** Records the events as received and returns the ids (source and id) of those that had not been. */
export const receiveOnce = async (tx: Transaction, events: readonly EventEnvelope[]): Promise<Set<string>> => {
  if (events.length === 0) return new Set();
  const stored = events.map((event) => ({ event, source: storable(event.source), id: storable(event.id) }));
  const rows = await tx.query<{ source: string; event_id: string }>(
    // The generation is asked for once, not for each row.
    `insert into inbox (source, event_id, generation) select source, event_id, (select inbox_generation()) from unnest($1::text[], $2::text[]) as t(source, event_id) on conflict do nothing returning source, event_id`,
    [stored.map(({ source }) => source), stored.map(({ id }) => id)],
  );
  const fresh = new Set(rows.map(({ source, event_id }) => inboxKey({ source, id: event_id })));
  return new Set(stored.filter((one) => fresh.has(inboxKey(one))).map(({ event }) => inboxKey(event)));
};

export const inboxKey = ({ source, id }: Pick<EventEnvelope, 'source' | 'id'>): string => `${source}\n${id}`;

/**
 * Begins a new generation of ids where the present one is old enough, and gives whether it did. Kafka keeps no record un-committed for as long as
 * ids are remembered, so one that is forgotten cannot come again. Throws where batches under way kept it waiting: it is due again at the next call.
 */
export const rotateInbox = async (database: Pick<Database, 'query'>): Promise<boolean> => {
  const [row] = await database.query<{ rotated: boolean }>('select rotate_inbox() as rotated');
  return row?.rotated === true;
};
