const waitsForAnother = (reader: string): string => `r.state = 'waiting' and coalesce((r.body ->> 'reviewersNeeded')::int, 1) > 1 and not (r.reviewers @> array[${reader}]::text[])`;

/**
 * A condition on rows of `decisions` (as `d`): true of what a reviewer ordered for an item that waits for a second opinion, as long as the
 * reader has not given theirs. It is the rule of `shownReview`, for the lists that tell of decisions rather than of items: whoever may still be
 * the second to decide must not read there what the first one said. Nobody is exempt by their role, since whoever may see more may review, too.
 *
 * @param reader an SQL expression: the place of the reader's name among the parameters
 */
export const isWithheldSql = (reader: string): string => `(d.kind like 'review.%' and d.actor <> ${reader} and exists (
  select 1 from review_items r
  where r.example_id in (select jsonb_array_elements_text(case when jsonb_typeof(d.body -> 'exampleIds') = 'array' then d.body -> 'exampleIds' else jsonb_build_array(d.body -> 'exampleId') end))
    and ${waitsForAnother(reader)}))`;

/** The same of records of the chain (as `t`): those of one example name it, those of an order are known by the order. */
export const isRecordWithheldSql = (reader: string): string => `(t.kind like 'review.%' and t.actor <> ${reader} and (
  exists (select 1 from review_items r where r.example_id = t.record #>> '{after,exampleId}' and ${waitsForAnother(reader)})
  or exists (select 1 from decisions d where d.decision_id = t.decision_id and ${isWithheldSql(reader)})))`;

/** The same for a list that does not know who reads it: nobody has decided. */
export const IS_WITHHELD_FROM_ALL = isWithheldSql(`''`);
