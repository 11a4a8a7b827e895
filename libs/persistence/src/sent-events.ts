import type { Database, Transaction } from './database.js';

/** Takes what Kafka has acknowledged, up to a sequence number, out of the outbox, and keeps what was for one of the topics. */
export const settleOutbox = async (database: Pick<Database, 'query'>, { upTo, kept }: { readonly upTo: string; readonly kept: readonly string[] }): Promise<void> => {
  await database.query(
    `with gone as (delete from outbox where sequence <= $1 returning sequence, topic, key, value, headers, written_at)
     insert into sent_events (sequence, topic, key, value, headers, generation)
     select sequence, topic, key, value, headers, current from gone, sent_events_generation where topic = any($2::text[]) and written_at > forgotten_until`,
    [upTo, kept],
  );
};

/**
 * Puts what was published to a topic within the last day into the outbox again, as it was, before what waits there for the topic; gives how many events
 * that are. Whoever has handled one knows its id.
 */
export const sendAgain = async (tx: Transaction, topic: string): Promise<number> => {
  await tx.query(`select pg_advisory_xact_lock(hashtext(current_schema() || '.outbox'))`);
  const [sent] = await tx.query<{ events: number }>('select count(*)::int as events from sent_events where topic = $1', [topic]);
  if (!sent || sent.events === 0) return 0;
  await tx.query(
    `with again as (delete from sent_events where topic = $1 returning sequence, topic, key, value, headers),
       waiting as (delete from outbox where topic = $1 returning sequence, topic, key, value, headers),
       ordered as (select 0 as turn, * from again union all select 1 as turn, * from waiting)
     insert into outbox (topic, key, value, headers) select topic, key, value, headers from ordered order by turn, sequence`,
    [topic],
  );
  return sent.events;
};

/**
 * Forgets all that was published, for texts of a user who was erased may be in it, and keeps nothing that is written within the next minute: a
 * transaction under way may have read them before. Called in the transaction that erases.
 */
export const forgetSentEvents = async (tx: Transaction): Promise<void> => {
  await tx.query('delete from sent_events');
  await tx.query(`update sent_events_generation set forgotten_until = clock_timestamp() + interval '1 minute'`);
};

/** Forgets the older generation of published events where it is time, and gives whether it was. */
export const rotateSentEvents = async (database: Pick<Database, 'query'>): Promise<boolean> => {
  const [row] = await database.query<{ rotated: boolean }>('select rotate_sent_events() as rotated');
  return row?.rotated === true;
};
