import type { OpportunityRanked, RootCause, Target } from '@ratchet/domain';
import type { FormerOpportunity } from '../analysis/identity.js';
import type { PersonsWord } from '../diagnosis/diagnosis.js';
import type { Queryable } from './queryable.js';

/** Stores a person's word on an opportunity of the target; false where there is no such opportunity. A later word replaces an earlier one. */
export const storePersonsWord = async (tx: Queryable, { model, workload, opportunityId, rootCause, actor, reason, orderedAt }: Target & PersonsWord & { opportunityId: string; orderedAt: string }): Promise<boolean> => {
  const rows = await tx.query(
    `insert into root_causes_by_people (opportunity_id, root_cause, actor, reason, ordered_at)
     select o.opportunity_id, $4, $5, $6, $7::timestamptz from opportunities o where o.opportunity_id = $3 and o.model = $1 and o.workload = $2
     on conflict (opportunity_id) do update set root_cause = excluded.root_cause, actor = excluded.actor, reason = excluded.reason, ordered_at = excluded.ordered_at
       where root_causes_by_people.ordered_at <= excluded.ordered_at
     returning opportunity_id`,
    [model, workload, opportunityId, rootCause, actor, reason, orderedAt],
  );
  return rows.length > 0;
};

/** People's words on the target's opportunities, by opportunity. */
export const loadPersonsWords = async (db: Queryable, { model, workload }: Target): Promise<Map<string, PersonsWord>> => {
  const rows = await db.query<{ opportunity_id: string; root_cause: RootCause; actor: string; reason: string }>(
    `select p.opportunity_id, p.root_cause, p.actor, p.reason from root_causes_by_people p join opportunities o using (opportunity_id) where o.model = $1 and o.workload = $2`,
    [model, workload],
  );
  return new Map(rows.map(({ opportunity_id, root_cause, actor, reason }) => [opportunity_id, { rootCause: root_cause, actor, reason }]));
};

/** Closes an open opportunity for good, as long as it does not grow by half; false where it is not open. */
export const dismissOpportunity = async (tx: Queryable, { model, workload, opportunityId, actor }: Target & { opportunityId: string; actor: string }): Promise<boolean> => {
  const rows = await tx.query(
    `update opportunities set state = 'dismissed', dismissed_size = size, closed_at = now(), closed_by = $4
     where opportunity_id = $3 and model = $1 and workload = $2 and state = 'open' returning opportunity_id`,
    [model, workload, opportunityId, actor],
  );
  return rows.length > 0;
};

export interface DismissedOpportunity extends Omit<FormerOpportunity, 'memberIds'> {
  readonly dismissedSize: number;
}

export const loadDismissed = async (db: Queryable, { model, workload }: Target): Promise<DismissedOpportunity[]> =>
  db.query<DismissedOpportunity & Record<string, unknown>>(
    `select opportunity_id as "opportunityId", embedding, centroid, position, dismissed_size as "dismissedSize" from opportunities where model = $1 and workload = $2 and state = 'dismissed' order by opportunity_id`,
    [model, workload],
  );

/** Opens dismissed ones again that an analysis found grown. */
export const reopenDismissed = async (tx: Queryable, opportunityIds: readonly string[]): Promise<void> => {
  if (opportunityIds.length === 0) return;
  await tx.query(`update opportunities set state = 'open', dismissed_size = null, closed_at = null, closed_by = null where opportunity_id = any($1::text[]) and state = 'dismissed'`, [opportunityIds]);
};

/** Of these, the ones that a person dismissed while an analysis ran. */
export const dismissedAmong = async (tx: Queryable, opportunityIds: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.query<{ opportunity_id: string }>(`select opportunity_id from opportunities where opportunity_id = any($1::text[]) and state = 'dismissed' for update`, [opportunityIds]);
  return new Set(rows.map(({ opportunity_id }) => opportunity_id));
};

/** Keeps the event as it was published, for ranking again without an analysis. */
export const rememberRanked = async (tx: Queryable, ranked: OpportunityRanked): Promise<void> => {
  await tx.query('update opportunities set ranked = $2, priority = $3 where opportunity_id = $1', [ranked.opportunityId, JSON.stringify(ranked), ranked.priority]);
};
