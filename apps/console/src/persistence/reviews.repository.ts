import { reviewerPairs, type ErasureCompleted, type ReviewChanged, type ReviewDecision, type ReviewItem, type Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { storableJson } from './storable.js';

type Queries = Pick<Database, 'query'>;
/** Items that agreement is computed from at most, the newest first. */
const AGREEMENT_ITEMS_MAX = 20_000;

export const storeReview = async (tx: Transaction, { item, changedAt }: ReviewChanged): Promise<void> => {
  await tx.query(
    `insert into review_items as r (example_id, model, workload, state, body, changed_at) values ($1, $2, $3, $4, $5::jsonb, $6)
     on conflict (example_id) do update set state = excluded.state, body = excluded.body, changed_at = excluded.changed_at where r.changed_at <= excluded.changed_at`,
    [item.exampleId, item.model, item.workload, item.state, storableJson(item), changedAt],
  );
};

export interface ReviewQuery {
  readonly state?: ReviewItem['state'] | undefined;
  readonly model?: string | undefined;
  readonly workload?: string | undefined;
  readonly limit: number;
}

/** The newest changes first. */
export const reviews = async (db: Queries, { state, model, workload, limit }: ReviewQuery): Promise<{ item: ReviewItem; changedAt: Date }[]> =>
  db.query<{ item: ReviewItem; changedAt: Date }>(
    `select body as item, changed_at as "changedAt" from review_items
     where ($1::text is null or state = $1) and ($2::text is null or model = $2) and ($3::text is null or workload = $3) order by changed_at desc, example_id limit $4`,
    [state ?? null, model ?? null, workload ?? null, limit],
  );

export interface ReviewCounts extends Target {
  readonly state: string;
  readonly items: number;
}

export const reviewCounts = async (db: Queries): Promise<ReviewCounts[]> =>
  db.query<ReviewCounts & Record<string, unknown>>('select model, workload, state, count(*)::int as items from review_items group by 1, 2, 3 order by 1, 2, 3');

/** What two reviewers of the same items said, over all targets. */
export const pairsOfReviewers = async (db: Queries): Promise<ReturnType<typeof reviewerPairs>> => {
  const rows = await db.query<{ decisions: ReviewDecision[] }>(
    `select body->'decisions' as decisions from review_items where (body->>'reviewersNeeded')::int > 1 and jsonb_array_length(body->'decisions') > 1 order by changed_at desc limit $1`,
    [AGREEMENT_ITEMS_MAX],
  );
  return reviewerPairs(rows.map(({ decisions }) => ({ decisions, reviewersNeeded: 2 })));
};

const BLANK = JSON.stringify({ rootCauseReason: "removed with a user's data; the next analysis says it anew", suggestedFix: '', commonPatterns: [], representatives: [] });

/** Takes what is shown of an erased user's interactions out of items and opportunities, and keeps the record of it. */
export const storeErasure = async (tx: Transaction, erasure: ErasureCompleted): Promise<void> => {
  const { erasureId, model, workload, exampleIds, interactionIds = [], completedAt, ...report } = erasure;
  await tx.query('delete from review_items where model = $1 and workload = $2 and example_id = any($3::text[])', [model, workload, exampleIds]);
  await tx.query(
    `update opportunities set body = (body - 'patterns' - 'diagnosis' - 'strategyChoice') || $4::jsonb
       || jsonb_build_object('interactionIds', (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(body->'interactionIds') as id where id <> all($3::text[])))
     where model = $1 and workload = $2 and body->'interactionIds' ?| $3::text[]`,
    [model, workload, interactionIds, BLANK],
  );
  await tx.query('insert into erasures (erasure_id, model, workload, body, completed_at) values ($1, $2, $3, $4::jsonb, $5) on conflict do nothing', [erasureId, model, workload, storableJson(report), completedAt]);
};

export const erasures = async (db: Queries, limit: number): Promise<object[]> =>
  db.query('select erasure_id as "erasureId", model, workload, body as report, completed_at as "completedAt" from erasures order by completed_at desc limit $1', [limit]);
