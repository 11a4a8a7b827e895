import type { Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

/** Removes what quotes failures and would outlive them: opinions, and the events of opportunities that are closed. */
export const pruneQuotes = async (db: Queryable, { windowDays }: { windowDays: number }): Promise<void> => {
  await db.query(`delete from judge_opinions where asked_at < now() - make_interval(days => $1::int)`, [windowDays]);
  await db.query(`update opportunities set ranked = null where ranked is not null and state <> 'open' and closed_at < now() - make_interval(days => $1::int)`, [windowDays]);
};

/** Removes what quotes these failures: opinions that were given on them, and events that are kept for ranking again; the next analysis publishes their opportunities without them. */
export const eraseQuotes = async (tx: Queryable, { model, workload, interactionIds }: Target & { interactionIds: readonly string[] }): Promise<void> => {
  if (interactionIds.length === 0) return;
  await tx.query('delete from judge_opinions where interaction_ids && $1::text[]', [interactionIds]);
  await tx.query(`update opportunities set ranked = null where model = $1 and workload = $2 and ranked is not null and exists (select 1 from unnest($3::text[]) as gone(id) where position(gone.id in ranked) > 0)`, [model, workload, interactionIds]);
};
