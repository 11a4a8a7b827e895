import { userHashOf, type Command, type SignalDetected, type Target } from '@ratchet/domain';
import { eraseQuotes } from './retention.repository.js';
import type { Queryable } from './queryable.js';

/** Removes a user's failures, what came late to them, and what quotes them. Gives how many rows of each. */
export const eraseUser = async (tx: Queryable, { commandId, model, workload, userId, issuedAt }: Extract<Command, { name: 'user.erase' }>): Promise<{ failures: number; evidence: number }> => {
  const userHash = userHashOf(userId);
  await tx.query('insert into erasures (erasure_id, model, workload, user_hash, erased_at) values ($1, $2, $3, $4, $5) on conflict do nothing', [commandId, model, workload, userHash, issuedAt]);
  const evidence = await tx.query(
    `delete from late_evidence e where e.user_hash = $3 and not exists (select 1 from failures f where f.interaction_id = e.interaction_id and (f.model, f.workload) <> ($1, $2))
       or e.interaction_id in (select interaction_id from failures where model = $1 and workload = $2 and user_id = $4) returning 1`,
    [model, workload, userHash, userId],
  );
  const failures = await tx.query<{ interaction_id: string }>('delete from failures where model = $1 and workload = $2 and user_id = $3 returning interaction_id', [model, workload, userId]);
  await eraseQuotes(tx, { model, workload, interactionIds: failures.map(({ interaction_id }) => interaction_id) });
  return { failures: failures.length, evidence: evidence.length };
};

/** Whether it happened before the user was erased, and comes only now. */
export const comesAfterErasure = async (db: Queryable, { model, workload, userId }: Target & { readonly userId?: string | undefined }, at: string): Promise<boolean> =>
  userId !== undefined && (await db.query('select 1 from erasures where user_hash = $1 and model = $2 and workload = $3 and erased_at >= $4 limit 1', [userHashOf(userId), model, workload, at])).length > 0;

/** Late evidence is known by its interaction; its user must be found again, also where the interaction never failed. */
export const rememberUserOf = async (tx: Queryable, { signalId, userId }: SignalDetected): Promise<void> => {
  if (userId !== undefined) await tx.query('update late_evidence set user_hash = $2 where signal_id = $1', [signalId, userHashOf(userId)]);
};
