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
    `insert into inbox (source, event_id) select source, event_id from unnest($1::text[], $2::text[]) as t(source, event_id) on conflict do nothing returning source, event_id`,
    [stored.map(({ source }) => source), stored.map(({ id }) => id)],
  );
  const fresh = new Set(rows.map(({ source, event_id }) => inboxKey({ source, id: event_id })));
  return new Set(stored.filter((one) => fresh.has(inboxKey(one))).map(({ event }) => inboxKey(event)));
};

export const inboxKey = ({ source, id }: Pick<EventEnvelope, 'source' | 'id'>): string => `${source}\n${id}`;

/** Kafka keeps no record that long un-committed, so an older id cannot come again. */
export const pruneInbox = async (database: Database, retentionDays = 8): Promise<void> => {
  await database.query(`delete from inbox where received_at < now() - make_interval(days => $1::int)`, [retentionDays]);
};
