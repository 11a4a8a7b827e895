import type { Target } from '@ratchet/domain';
import type { ReviewDecision, Waiting } from '../generation/assemble-dataset.js';
import type { Queryable } from './queryable.js';

/** What people decided; the automation's own acceptances are not among them. */
export const loadDecisions = async (db: Queryable, { model, workload }: Target): Promise<Map<string, ReviewDecision>> => {
  const rows = await db.query<{ example_id: string; state: ReviewDecision }>(
    `select example_id, state from review_items where model = $1 and workload = $2 and decided_by is not null and state in ('accepted', 'rejected')`,
    [model, workload],
  );
  return new Map(rows.map(({ example_id, state }) => [example_id, state]));
};

/** Puts candidates into the queue, or brings what is known of them up to date; a person's decision is never touched. */
export const saveWaiting = async (tx: Queryable, { model, workload, waiting }: Target & { waiting: readonly Waiting[] }): Promise<void> => {
  if (waiting.length === 0) return;
  const column = <Value>(read: (item: Waiting) => Value): Value[] => waiting.map(read);
  await tx.query(
    `insert into review_items (example_id, model, workload, opportunity_id, input, output, source, confidence, interaction_ids, agreeing_users, state, reason)
     select example_id, $1, $2, opportunity_id, input, output, source, confidence, interaction_ids::jsonb, agreeing_users, 'waiting', reason
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::text[], $10::int[], $11::text[])
       as t(example_id, opportunity_id, input, output, source, confidence, interaction_ids, agreeing_users, reason)
     on conflict (example_id) do update set opportunity_id = excluded.opportunity_id, confidence = excluded.confidence, interaction_ids = excluded.interaction_ids,
       agreeing_users = excluded.agreeing_users, reason = excluded.reason, updated_at = now() where review_items.decided_by is null`,
    [
      model, workload, column(({ exampleId }) => exampleId), column(({ candidate }) => candidate.opportunityId), column(({ candidate }) => candidate.input),
      column(({ candidate }) => candidate.output), column(({ candidate }) => candidate.source), column(({ candidate }) => candidate.confidence),
      column(({ candidate }) => JSON.stringify(candidate.interactionIds)), column(({ candidate }) => candidate.agreeingUsers ?? null), column(({ candidate }) => candidate.reason),
    ],
  );
};

/** What was issued waits no longer. */
export const markAccepted = async (tx: Queryable, accepted: readonly { exampleId: string; acceptedBy: string }[]): Promise<void> => {
  await tx.query(
    `update review_items r set state = 'accepted', reason = a.reason, updated_at = now() from unnest($1::text[], $2::text[]) as a(example_id, reason)
     where r.example_id = a.example_id and r.state = 'waiting'`,
    [accepted.map(({ exampleId }) => exampleId), accepted.map(({ acceptedBy }) => acceptedBy)],
  );
};

export const countWaiting = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ waiting: number }>(`select count(*)::int as waiting from review_items where state = 'waiting'`);
  return row?.waiting ?? 0;
};

/** What nobody decided and no run saw again is forgotten with its failures. */
export const pruneWaiting = async (db: Queryable, windowDays: number): Promise<void> => {
  await db.query(`delete from review_items where state = 'waiting' and updated_at < now() - make_interval(days => $1::int)`, [windowDays]);
};
