import { type Command, userHashOf } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { instantSql } from '../http/paging.js';
import { storable } from '@ratchet/persistence';
import type { ConversationsConfig } from './conversations-config.js';

/** Takes an erased user's failures and turns away, with those of the same conversations that name nobody; what comes late of them is not kept. */
export const forgetUser = async (tx: Transaction, told: Extract<Command, { name: 'user.erase' }>): Promise<void> => {
  const { model, workload, userId, issuedAt } = storable(told);
  const of = [model, workload, userHashOf(told.userId)];
  await tx.query(`select pg_advisory_xact_lock(hashtext('console.erasure'))`);
  await tx.query(
    `insert into erased_users as e (model, workload, user_hash, erased_at) values ($1, $2, $3, $4)
     on conflict (user_hash, model, workload) do update set erased_at = greatest(e.erased_at, excluded.erased_at)`,
    [...of, issuedAt],
  );
  const failures = await tx.query<{ id: string }>('delete from failures where model = $1 and workload = $2 and user_id = $3 returning interaction_id as id', [model, workload, userId]);
  const ids = failures.map(({ id }) => id);
  await tx.query('delete from clustered_failures where interaction_id = any($1::text[])', [ids]);
  await tx.query(
    `delete from late_evidence e where e.interaction_id = any($4::text[])
       or (e.user_hash = $3 and not exists (select 1 from failures f where f.interaction_id = e.interaction_id and (f.model, f.workload) <> ($1, $2)))`,
    [...of, ids],
  );
  await tx.query(
    `delete from interactions where model = $1 and workload = $2 and (user_hash = $3 or (user_hash is null
       and conversation_id in (select conversation_id from interactions where model = $1 and workload = $2 and user_hash = $3)))`,
    of,
  );
};

/** Rows that are deleted in one transaction: others are not kept waiting. */
const AT_ONCE = 5_000;
const LATE_DAYS = 30;

/** Repeats a step that says how many rows it took, until it takes fewer than it may. */
const untilDone = async (step: () => Promise<number>): Promise<void> => {
  while ((await step()) === AT_ONCE);
};

/** The conversation of a failure is no longer kept for it, unless it has another one. */
const deleteFailures = async (tx: Transaction, { closedUntil, failureDays }: { closedUntil: string | undefined; failureDays: number }): Promise<number> => {
  const gone = await tx.query<{ id: string; conversationId: string }>(
    `delete from failures where interaction_id in (
       select interaction_id from failures where closed_at <= greatest($1::timestamptz, now() - make_interval(days => $2::int)) order by closed_at limit $3
     ) returning interaction_id as id, conversation_id as "conversationId"`,
    [closedUntil ?? null, failureDays, AT_ONCE],
  );
  await tx.query('delete from clustered_failures where interaction_id = any($1::text[])', [gone.map(({ id }) => id)]);
  await tx.query(
    `update interactions i set beside_failure = false where conversation_id = any($1::text[]) and beside_failure
       and not exists (select 1 from failures f where f.conversation_id = i.conversation_id)`,
    [gone.map(({ conversationId }) => conversationId)],
  );
  return gone.length;
};

/** Keeps the newest failures, each with its conversation, and the newest turns of other conversations. */
export const pruneFailures = async (database: Database, { turnsMax, failuresMax, failureDays }: Pick<ConversationsConfig, 'turnsMax' | 'failuresMax' | 'failureDays'>): Promise<void> => {
  const [failure] = await database.query<{ at: string }>(`select ${instantSql('closed_at')} as at from failures order by closed_at desc, interaction_id desc offset $1 limit 1`, [failuresMax]);
  await untilDone(() => database.transaction((tx) => deleteFailures(tx, { closedUntil: failure?.at, failureDays })));
  const [turn] = await database.query<{ at: string }>(`select ${instantSql('seen_at')} as at from interactions where not beside_failure order by seen_at desc offset $1 limit 1`, [turnsMax]);
  if (turn) {
    await untilDone(async () => {
      const gone = await database.query(
        `delete from interactions where (conversation_id, interaction_id) in (
           select conversation_id, interaction_id from interactions where not beside_failure and seen_at <= $1::timestamptz order by seen_at limit $2
         ) and not beside_failure returning 1`,
        [turn.at, AT_ONCE],
      );
      return gone.length;
    });
  }
  await database.query('delete from late_evidence where detected_at < now() - make_interval(days => $1::int)', [LATE_DAYS]);
};
