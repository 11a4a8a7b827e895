import type { EventEnvelope } from '@ratchet/contracts';
import type { Database, Transaction } from './database.js';

/** Records the events as received and returns the ids (source and id) of those that had not been. */
export const receiveOnce = async (tx: Transaction, events: readonly EventEnvelope[]): Promise<Set<string>> => {
  if (events.length === 0) return new Set();
  const rows = await tx.query<{ source: string; event_id: string }>(
    `insert into inbox (source, event_id) select source, event_id from unnest($1::text[], $2::text[]) as t(source, event_id) on conflict do nothing returning source, event_id`,
    [events.map(({ source }) => source), events.map(({ id }) => id)],
  );
  return new Set(rows.map(({ source, event_id }) => inboxKey({ source, id: event_id })));
};

export const inboxKey = ({ source, id }: Pick<EventEnvelope, 'source' | 'id'>): string => `${source}\n${id}`;

/** Kafka keeps no record that long un-committed, so an older id cannot come again. */
export const pruneInbox = async (database: Database, retentionDays = 8): Promise<void> => {
  await database.query(`delete from inbox where received_at < now() - make_interval(days => $1::int)`, [retentionDays]);
};
