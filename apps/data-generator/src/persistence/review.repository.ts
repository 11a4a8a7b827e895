import { reviewChanged, type ExampleSource, type ReviewDecision, type ReviewItem, type ReviewOrigin, type ReviewRefusal, type Target, type WithdrawnDecision } from '@ratchet/domain';
import { storableJson } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { SETTLES } from '../review/screen-candidates.js';
import type { Queryable } from './queryable.js';

export interface ItemRow {
  example_id: string;
  model: string;
  workload: string;
  opportunity_id: string;
  input: string;
  output: string;
  source: ExampleSource;
  confidence: number;
  reason: string;
  interaction_ids: string[];
  agreeing_users: number | null;
  state: ReviewItem['state'];
  claimed_by: string | null;
  claimed_until: Date | null;
  decisions: ReviewDecision[];
  refusals: ReviewRefusal[];
  reviewers_needed: number;
  origin: ReviewOrigin;
  withdrawn: WithdrawnDecision[];
  undo_until: Date | null;
}

export const ITEM_COLUMNS = `example_id, model, workload, opportunity_id, input, output, source, confidence, reason, interaction_ids, agreeing_users, state,
  claimed_by, claimed_until, decisions, refusals, reviewers_needed, origin, withdrawn, undo_until`;
/** Ids that an event carries along at most. */
const INTERACTIONS_PUBLISHED_MAX = 50;

export const itemOf = (row: ItemRow): ReviewItem => ({
  exampleId: row.example_id,
  model: row.model,
  workload: row.workload,
  opportunityId: row.opportunity_id,
  input: row.input,
  output: row.output,
  source: row.source,
  confidence: row.confidence,
  reason: row.reason,
  interactionIds: row.interaction_ids.slice(0, INTERACTIONS_PUBLISHED_MAX),
  ...(row.agreeing_users !== null && { agreeingUsers: row.agreeing_users }),
  state: row.state,
  ...(row.claimed_by !== null && row.claimed_until !== null && { claim: { reviewer: row.claimed_by, until: row.claimed_until.toISOString() } }),
  decisions: row.decisions,
  reviewersNeeded: row.reviewers_needed,
  ...(row.refusals.length > 0 && { refusals: row.refusals }),
  ...(Object.keys(row.origin).length > 0 && { origin: row.origin }),
  ...(row.withdrawn.length > 0 && { withdrawn: row.withdrawn }),
  ...(row.undo_until !== null && { undoUntil: row.undo_until.toISOString() }),
});

/** Tells of items as they are now. */
export const publishItems = (tx: Transaction, items: readonly ReviewItem[], changedAt = new Date().toISOString()): void => {
  for (const item of items) tx.emit(reviewChanged, { item, changedAt });
};

const published = (tx: Transaction, rows: readonly ItemRow[]): ReviewItem[] => {
  const items = rows.map(itemOf);
  publishItems(tx, items);
  return items;
};

export interface QueuedItem {
  readonly exampleId: string;
  readonly opportunityId: string;
  readonly input: string;
  readonly output: string;
  readonly source: ExampleSource;
  readonly confidence: number;
  readonly interactionIds: readonly string[];
  readonly agreeingUsers?: number;
  readonly reason: string;
  readonly reviewersNeeded: number;
  readonly origins: readonly string[];
  readonly origin: ReviewOrigin;
}

/** Puts items into the queue, or brings what is known of them up to date; those that are decided are not touched. */
export const saveWaiting = async (tx: Transaction, { model, workload, items }: Target & { items: readonly QueuedItem[] }): Promise<void> => {
  if (items.length === 0) return;
  const rows = await tx.query<ItemRow>(
    `insert into review_items as r (example_id, model, workload, opportunity_id, input, output, source, confidence, interaction_ids, agreeing_users, state, reason, reviewers_needed, origins, origin)
     select "exampleId", $1, $2, "opportunityId", input, output, source, confidence, "interactionIds", "agreeingUsers", 'waiting', reason, "reviewersNeeded",
       array(select jsonb_array_elements_text(origins)), origin
     from jsonb_to_recordset($3::jsonb) as t("exampleId" text, "opportunityId" text, input text, output text, source text, confidence float8, "interactionIds" jsonb,
       "agreeingUsers" int, reason text, "reviewersNeeded" int, origins jsonb, origin jsonb)
     on conflict (example_id) do update set opportunity_id = excluded.opportunity_id, confidence = excluded.confidence, interaction_ids = excluded.interaction_ids,
       agreeing_users = excluded.agreeing_users, reason = excluded.reason, origins = excluded.origins, origin = excluded.origin, updated_at = now()
       where r.state = 'waiting' and (r.opportunity_id, r.confidence, r.interaction_ids, r.agreeing_users, r.reason, r.origin)
         is distinct from (excluded.opportunity_id, excluded.confidence, excluded.interaction_ids, excluded.agreeing_users, excluded.reason, excluded.origin)
     returning ${ITEM_COLUMNS}`,
    [model, workload, storableJson(items)],
  );
  // Seen again, so not forgotten; nothing that others should know.
  await tx.query(`update review_items set updated_at = now() where state = 'waiting' and example_id = any($1::text[])`, [items.map(({ exampleId }) => exampleId)]);
  published(tx, rows);
};

/** What was issued waits no longer. */
export const markAccepted = async (tx: Transaction, accepted: readonly { exampleId: string; acceptedBy: string }[]): Promise<void> => {
  const rows = await tx.query<ItemRow>(
    `update review_items r set state = 'approved', reason = a.reason, claimed_by = null, claimed_until = null, updated_at = now() from unnest($1::text[], $2::text[]) as a(accepted_id, reason)
     where r.example_id = a.accepted_id and r.state = 'waiting' returning ${ITEM_COLUMNS.replace('reason,', 'r.reason,')}`,
    [accepted.map(({ exampleId }) => exampleId), accepted.map(({ acceptedBy }) => acceptedBy)],
  );
  published(tx, rows);
};

export const countWaiting = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ waiting: number }>(`select count(*)::int as waiting from review_items where state = 'waiting'`);
  return row?.waiting ?? 0;
};

/** How many of a target wait, by opportunity, and which of the given ones do. */
export const countWaitingOf = async (db: Queryable, { model, workload, exampleIds }: Target & { exampleIds: readonly string[] }): Promise<{ byOpportunity: Map<string, number>; known: Set<string> }> => {
  const counts = await db.query<{ opportunity_id: string; n: number }>(
    `select opportunity_id, count(*)::int as n from review_items where model = $1 and workload = $2 and state = 'waiting' group by opportunity_id`,
    [model, workload],
  );
  const known = await db.query<{ example_id: string }>(`select example_id from review_items where example_id = any($1::text[])`, [exampleIds]);
  return { byOpportunity: new Map(counts.map(({ opportunity_id, n }) => [opportunity_id, n])), known: new Set(known.map(({ example_id }) => example_id)) };
};

/** Items of a command, locked; those that are unknown are missing. */
export const lockItems = async (tx: Queryable, { model, workload, exampleIds }: Target & { exampleIds: readonly string[] }): Promise<ReviewItem[]> => {
  const rows = await tx.query<ItemRow>(
    `select ${ITEM_COLUMNS} from review_items where model = $1 and workload = $2 and example_id = any($3::text[]) order by example_id for update`,
    [model, workload, exampleIds],
  );
  return rows.map(itemOf);
};

/** Writes what a command made of an item, and tells of it. */
export const saveDecided = async (tx: Transaction, { item, approved }: { item: ReviewItem; approved?: { exampleId: string; output: string } }): Promise<void> => {
  await tx.query(
    `update review_items set state = $2, claimed_by = $3, claimed_until = $4, decisions = $5::jsonb, refusals = $6::jsonb, approved_example_id = $7, approved_output = $8,
       withdrawn = $9::jsonb, undo_until = $10, updated_at = now()
     where example_id = $1`,
    [
      item.exampleId, item.state, item.claim?.reviewer ?? null, item.claim?.until ?? null, JSON.stringify(item.decisions), JSON.stringify(item.refusals ?? []),
      approved?.exampleId ?? null, approved?.output ?? null, JSON.stringify(item.withdrawn ?? []), item.undoUntil ?? null,
    ],
  );
  // Another answer makes another example, and its failures may be forgotten before it is issued.
  if (approved && approved.exampleId !== item.exampleId) {
    await tx.query(
      `insert into example_sources (example_id, interaction_id, user_hash, is_request, is_answer)
       select $2, interaction_id, user_hash, is_request, false from example_sources where example_id = $1 on conflict do nothing`,
      [item.exampleId, approved.exampleId],
    );
  }
  publishItems(tx, [item]);
};

/** Writes that a command was refused, and tells of it; what was decided stays as it is. */
export const saveRefusal = async (tx: Transaction, item: ReviewItem): Promise<void> => {
  await tx.query('update review_items set refusals = $2::jsonb where example_id = $1', [item.exampleId, JSON.stringify(item.refusals ?? [])]);
  publishItems(tx, [item]);
};

/** Gives items free whose claim has run out. */
export const releaseExpired = async (tx: Transaction, now: Date): Promise<number> => {
  const rows = await tx.query<ItemRow>(
    `update review_items set claimed_by = null, claimed_until = null, updated_at = now()
     where example_id in (select example_id from review_items where claimed_until <= $1 order by claimed_until limit 500 for update skip locked) returning ${ITEM_COLUMNS}`,
    [now],
  );
  return published(tx, rows).length;
};

/** Targets with items that have settled; those items are told apart, so that each asks for one run. */
export const takeSettled = async (tx: Transaction, settleMs: number): Promise<Target[]> => {
  const rows = await tx.query<ItemRow>(
    `update review_items set reason = 'has settled: the next run decides', updated_at = now()
     where state = 'waiting' and reason = $1 and created_at <= now() - make_interval(secs => $2::float8) returning ${ITEM_COLUMNS}`,
    [SETTLES, settleMs / 1_000],
  );
  return [...new Map(published(tx, rows).map(({ model, workload }) => [JSON.stringify([model, workload]), { model, workload }])).values()];
};

/** What nobody decided and no run saw again is forgotten with its failures. */
export const pruneWaiting = async (tx: Transaction, windowDays: number): Promise<void> => {
  const rows = await tx.query<ItemRow>(`delete from review_items where state = 'waiting' and updated_at < now() - make_interval(days => $1::int) returning ${ITEM_COLUMNS}`, [windowDays]);
  publishItems(tx, rows.map((row) => ({ ...itemOf(row), state: 'withdrawn', reason: 'nobody decided, and its failures have gone' })));
};

/** Of these items, those whose approved answer is in a dataset, or may be in a fix of their opportunity: by the item's own id. */
export const issuedAmong = async (tx: Queryable, exampleIds: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.query<{ example_id: string }>(
    `select r.example_id from review_items r where r.example_id = any($1::text[]) and (
       exists (select 1 from issued_examples i where i.example_id = coalesce(r.approved_example_id, r.example_id))
       or (r.state = 'approved' and r.undo_until is null and exists (select 1 from fix_proposals p where p.opportunity_id = r.opportunity_id and p.state <> 'dropped')))`,
    [exampleIds],
  );
  return new Set(rows.map(({ example_id }) => example_id));
};

/** Targets with approvals that can no longer be taken back for the asking; they are told of once. */
export const takeSettledApprovals = async (tx: Transaction, now: Date): Promise<Target[]> => {
  const rows = await tx.query<ItemRow>(
    `update review_items set undo_until = null
     where example_id in (select example_id from review_items where undo_until <= $1 order by undo_until limit 500 for update skip locked) returning ${ITEM_COLUMNS}`,
    [now],
  );
  return [...new Map(published(tx, rows).map(({ model, workload }) => [JSON.stringify([model, workload]), { model, workload }])).values()];
};

/** Keeps these approvals as they are until the transaction ends, and gives those that stand: a reviewer may have taken one back since it was read. */
export const holdApprovals = async (tx: Queryable, approvedIds: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.query<{ approved_example_id: string }>(
    `select approved_example_id from review_items where approved_example_id = any($1::text[]) and state = 'approved' and undo_until is null for share`,
    [approvedIds],
  );
  return new Set(rows.map(({ approved_example_id }) => approved_example_id));
};
