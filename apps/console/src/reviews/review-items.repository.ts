import type { ReviewsQuery, ShownReview } from '@ratchet/console-api';
import { reviewerPairs, type ReviewChanged, type ReviewItem } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { z } from 'zod';
import { storable, storableJson } from '@ratchet/persistence';
import { Conditions, cursorText, instantSql, keyOfCursor, pageOf, type PageOf } from '../http/paging.js';
import { shownReview } from './shown-review.js';

type Queries = Pick<Database, 'query'>;

/** Certainty counts within the same number of users, never beyond it. */
const CONFIDENCE_WEIGHT = 0.999;

const placeOf = ({ state, agreeingUsers = 0, confidence }: ReviewItem, changedAt: string): number =>
  state === 'waiting' ? -(agreeingUsers + CONFIDENCE_WEIGHT * confidence) : -Date.parse(changedAt) / 1_000;

const pairOf = (item: ReviewItem): string | null => Object.entries(reviewerPairs([item])).find(([, count]) => count > 0)?.[0] ?? null;

/** The newest word on an item; older ones, which come again or late, change nothing. */
export const storeReview = async (tx: Transaction, { item: told, changedAt }: ReviewChanged): Promise<void> => {
  const item = storable(told);
  const stored = await tx.query(
    `insert into review_items as r (example_id, model, workload, state, body, changed_at, opportunity_id, source, confidence, claimed_by, claimed_until, reviewers, pair, place)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (example_id) do update set state = excluded.state, body = excluded.body, changed_at = excluded.changed_at, opportunity_id = excluded.opportunity_id, source = excluded.source,
       confidence = excluded.confidence, claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until, reviewers = excluded.reviewers, pair = excluded.pair, place = excluded.place
       where r.changed_at <= excluded.changed_at
     returning example_id`,
    [
      item.exampleId, item.model, item.workload, item.state, storableJson(item), changedAt, item.opportunityId, item.source, item.confidence,
      item.claim?.reviewer ?? null, item.claim?.until ?? null, item.decisions.map(({ reviewer }) => reviewer), pairOf(item), placeOf(item, changedAt),
    ],
  );
  if (stored.length === 0) return;
  await tx.query('delete from review_decisions where example_id = $1', [item.exampleId]);
  if (item.decisions.length === 0) return;
  await tx.query(
    `insert into review_decisions (example_id, reviewer, decision, decided_at)
     select $1, reviewer, decision, "decidedAt" from jsonb_to_recordset($2::jsonb) as d(reviewer text, decision text, "decidedAt" timestamptz) on conflict do nothing`,
    [item.exampleId, storableJson(item.decisions)],
  );
};

type ItemRow = { readonly body: ReviewItem; readonly changedAt: string; readonly place: number; readonly confidence: number } & Record<string, unknown>;
const COLUMNS = `body, ${instantSql('changed_at')} as "changedAt", place, confidence`;

const shownTo = (reader: string) => ({ body, changedAt }: Pick<ItemRow, 'body' | 'changedAt'>): ShownReview => shownReview(body, { reader, changedAt });

const heldBy = (conditions: Conditions, { holder }: ReviewsQuery, reader: string): Conditions => {
  if (holder === 'mine') return conditions.and('claimed_by = ? and claimed_until > now()', reader);
  if (holder === 'unclaimed') return conditions.and('(claimed_until is null or claimed_until <= now())');
  if (holder === 'available') return conditions.and('(claimed_until is null or claimed_until <= now() or claimed_by = ?)', reader).and('not (reviewers @> array[?]::text[])', reader);
  return conditions;
};

const keySchema = z.tuple([z.number(), cursorText]);

/** A page of items. Throws 400 for an `after` that this list never gave. */
export const reviewItems = async (db: Queries, asked: ReviewsQuery, reader: string): Promise<PageOf<ShownReview>> => {
  const byConfidence = asked.confidenceFrom !== undefined || asked.confidenceTo !== undefined;
  const key = keyOfCursor(asked.after, keySchema);
  const conditions = new Conditions()
    .and('state = ?', asked.state)
    .and('model = ?', asked.model)
    .and('workload = ?', asked.workload)
    .and('opportunity_id = ?', asked.opportunity)
    .and('source = ?', asked.source)
    .and('confidence >= ?', asked.confidenceFrom)
    .and('confidence <= ?', asked.confidenceTo);
  heldBy(conditions, asked, reader);
  if (key) conditions.and(byConfidence ? '(confidence, example_id) < (?::float8, ?)' : '(place, example_id) > (?::float8, ?)', ...key);
  const limit = conditions.add(asked.limit + 1);
  const order = byConfidence ? 'confidence desc, example_id desc' : 'place, example_id';
  const rows = await db.query<ItemRow>(`select ${COLUMNS} from review_items ${conditions.sql} order by ${order} limit ${limit}`, conditions.parameters);
  const { items, next } = pageOf(rows, asked.limit, ({ body, place, confidence }) => [byConfidence ? confidence : place, body.exampleId]);
  return { items: items.map(shownTo(reader)), next };
};

/** Those of these that are there. */
export const reviewItemsOf = async (db: Queries, exampleIds: readonly string[], reader: string): Promise<ShownReview[]> =>
  (await db.query<ItemRow>(`select ${COLUMNS} from review_items where example_id = any($1::text[])`, [exampleIds])).map(shownTo(reader));
