import type { InteractionFailed, SignalName, Target } from '@ratchet/domain';
import type { SourceFailure } from '../generation/candidate.js';
import type { Queryable } from './queryable.js';

interface FailureRow {
  interaction_id: string;
  conversation_id: string;
  user_id: string | null;
  query: string;
  response: string;
  correction: string | null;
  signals: SignalName[];
  started_at_ms: number;
}

const asFailure = (row: FailureRow): SourceFailure => ({
  interactionId: row.interaction_id,
  conversationId: row.conversation_id,
  ...(row.user_id !== null && { userId: row.user_id }),
  query: row.query,
  response: row.response,
  ...(row.correction !== null && { correction: row.correction }),
  signals: row.signals,
  startedAtMs: row.started_at_ms,
});

export const storeFailure = async (tx: Queryable, failed: InteractionFailed): Promise<void> => {
  await tx.query(
    `insert into failures (interaction_id, model, workload, conversation_id, user_id, query, response, signals, started_at, closed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10) on conflict (interaction_id) do nothing`,
    [
      failed.interactionId, failed.model, failed.workload, failed.conversationId, failed.userId ?? null, failed.query, failed.response,
      JSON.stringify(failed.signals.map(({ name }) => name)), failed.startedAt, failed.closedAt,
    ],
  );
};

/** The latest correction of an interaction counts; it may come before the failure is known, or long after. */
export const storeCorrection = async (tx: Queryable, { interactionId, correction, userId, givenAt }: { interactionId: string; correction: string; userId: string | undefined; givenAt: string }): Promise<void> => {
  await tx.query(
    `insert into corrections (interaction_id, correction, user_id, given_at) values ($1, $2, $3, $4)
     on conflict (interaction_id) do update set correction = excluded.correction, user_id = coalesce(excluded.user_id, corrections.user_id), given_at = excluded.given_at
     where corrections.given_at <= excluded.given_at`,
    [interactionId, correction, userId ?? null, givenAt],
  );
};

/** The newest failures of a target, oldest first, each with its correction. */
export const loadFailures = async (db: Queryable, { model, workload, failuresMax }: Target & { failuresMax: number }): Promise<SourceFailure[]> => {
  const rows = await db.query<FailureRow & Record<string, unknown>>(
    `select f.interaction_id, f.conversation_id, coalesce(f.user_id, c.user_id) as user_id, f.query, f.response, c.correction, f.signals,
       (extract(epoch from f.started_at) * 1000)::float8 as started_at_ms
     from (select * from failures where model = $1 and workload = $2 order by sequence desc limit $3) f
     left join corrections c using (interaction_id) order by f.sequence`,
    [model, workload, failuresMax],
  );
  return rows.map(asFailure);
};

export const pruneFailures = async (db: Queryable, { failuresMax, windowDays }: { failuresMax: number; windowDays: number }): Promise<void> => {
  await db.query(
    `delete from failures where closed_at < now() - make_interval(days => $2::int) or sequence in (
       select sequence from (select sequence, row_number() over (partition by model, workload order by sequence desc) as n from failures) ranked where n > $1
     )`,
    [failuresMax, windowDays],
  );
  await db.query(`delete from corrections where given_at < now() - make_interval(days => $1::int)`, [windowDays]);
};
