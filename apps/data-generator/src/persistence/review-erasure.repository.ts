import type { ReviewItem, Target } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { ITEM_COLUMNS, itemOf, publishItems, type ItemRow } from './review.repository.js';

export const ERASED = "removed with a user's data";

/** Removes items that are gone, and takes the user's interactions and agreement out of those that stay. Gives what was removed. */
export const withdrawItems = async (tx: Transaction, { model, workload, userHash, interactionIds, gone }: Target & { userHash: string; interactionIds: readonly string[]; gone: readonly string[] }): Promise<ReviewItem[]> => {
  const rows = await tx.query<ItemRow>(
    `delete from review_items where model = $1 and workload = $2 and (example_id = any($3::text[]) or approved_example_id = any($3::text[])) returning ${ITEM_COLUMNS}`,
    [model, workload, gone],
  );
  const changed = await tx.query<ItemRow>(
    `update review_items r set
       interaction_ids = (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(interaction_ids) as id where id <> all($3::text[])),
       agreeing_users = case when exists (select 1 from example_sources s where s.example_id = r.example_id and s.user_hash = $4 and s.is_answer) then greatest(0, agreeing_users - 1) else agreeing_users end,
       -- Which interaction the failed answer is of is not kept: it goes with the first that is erased.
       origin = origin - 'failedAnswer' - 'parent',
       updated_at = now()
     where model = $1 and workload = $2 and interaction_ids ?| $3::text[] returning ${ITEM_COLUMNS}`,
    [model, workload, interactionIds, userHash],
  );
  publishItems(tx, changed.map(itemOf));
  return rows.map(itemOf);
};

/** Tells that items are gone, without a word of what was in them. */
export const publishErased = (tx: Transaction, items: readonly ReviewItem[]): void =>
  publishItems(
    tx,
    items.map(({ exampleId, model, workload, opportunityId, source }) => ({
      exampleId, model, workload, opportunityId, source, input: '', output: '', confidence: 0, reason: ERASED, interactionIds: [], state: 'withdrawn', decisions: [],
    })),
  );
