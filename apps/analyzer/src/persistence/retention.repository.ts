import type { Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

/** Removes what quotes failures and would outlive them: opinions, and the events of opportunities that are closed. */
export const pruneQuotes = async (db: Queryable, { windowDays }: { windowDays: number }): Promise<void> => {
  await db.query(`delete from judge_opinions where asked_at < now() - make_interval(days => $1::int)`, [windowDays]);
  await db.query(`update opportunities set ranked = null where ranked is not null and state <> 'open' and closed_at < now() - make_interval(days => $1::int)`, [windowDays]);
};

/**
 * Removes a user's failures on a target, their late evidence, opinions that were given on them, and their texts from the events that are kept for ranking again.
 * Returns how many failures there were. Counts and priorities follow with the next analysis.
 */
export const eraseUser = async (tx: Queryable, { model, workload, userId }: Target & { userId: string }): Promise<number> => {
  const rows = await tx.query<{ interaction_id: string }>('delete from failures where model = $1 and workload = $2 and user_id = $3 returning interaction_id', [model, workload, userId]);
  const interactionIds = rows.map(({ interaction_id }) => interaction_id);
  if (interactionIds.length === 0) return 0;
  await tx.query('delete from late_evidence where interaction_id = any($1::text[])', [interactionIds]);
  await tx.query('delete from judge_opinions where interaction_ids && $1::text[]', [interactionIds]);
  // Events that show one of these texts are not ranked again; the next analysis publishes the opportunity without them.
  await tx.query(`update opportunities set ranked = null where model = $1 and workload = $2 and ranked is not null and exists (select 1 from unnest($3::text[]) as gone(id) where position(gone.id in ranked) > 0)`, [model, workload, interactionIds]);
  return interactionIds.length;
};
