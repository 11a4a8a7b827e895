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
    and r.state = 'waiting' and coalesce((r.body ->> 'reviewersNeeded')::int, 1) > 1 and not (r.reviewers @> array[${reader}]::text[])))`;

/** The same for a list that does not know who reads it: nobody has decided. */
export const IS_WITHHELD_FROM_ALL = isWithheldSql(`''`);
