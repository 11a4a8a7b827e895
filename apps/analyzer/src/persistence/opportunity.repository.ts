import type { FixType, MapPosition, Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

export interface StoredOpportunity {
  readonly opportunityId: string;
  readonly fixType: FixType;
  readonly strategy: string;
  readonly embedding: string;
  readonly centroid: readonly number[];
  /** Analyses in a row that did not find it. */
  readonly missedAnalyses: number;
  /** When it was last ranked. */
  readonly size: number;
  readonly position: MapPosition | null;
  readonly isClosed: boolean;
}

/** Those that are open, and those that were closed so recently that they can come back; what a person dismissed does not. */
export const loadKnownOpportunities = async (db: Queryable, { model, workload, comeBackWeeks }: Target & { comeBackWeeks: number }): Promise<StoredOpportunity[]> =>
  db.query<StoredOpportunity & Record<string, unknown>>(
    `select opportunity_id as "opportunityId", fix_type as "fixType", strategy, embedding, centroid, missed_analyses as "missedAnalyses", size, position, state <> 'open' as "isClosed"
     from opportunities where model = $1 and workload = $2 and (state = 'open' or (state in ('fixed', 'faded', 'merged') and closed_at > now() - make_interval(weeks => $3::int))) order by opportunity_id`,
    [model, workload, comeBackWeeks],
  );

export const saveOpportunity = async (tx: Queryable, opportunity: Target & {
  opportunityId: string; fixType: FixType; strategy: string; priority: number; size: number; embedding: string; centroid: readonly number[]; analysisId: string; position?: MapPosition | undefined;
}): Promise<void> => {
  await tx.query(
    `insert into opportunities (opportunity_id, model, workload, state, fix_type, strategy, priority, size, embedding, centroid, last_analysis_id, position)
     values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9::jsonb, $10, $11::jsonb)
     on conflict (opportunity_id) do update set fix_type = excluded.fix_type, strategy = excluded.strategy, priority = excluded.priority, size = excluded.size,
       embedding = excluded.embedding, centroid = excluded.centroid, last_analysis_id = excluded.last_analysis_id, position = excluded.position, last_ranked_at = now(), missed_analyses = 0`,
    [
      opportunity.opportunityId, opportunity.model, opportunity.workload, opportunity.fixType, opportunity.strategy, opportunity.priority, opportunity.size,
      opportunity.embedding, JSON.stringify(opportunity.centroid), opportunity.analysisId, opportunity.position === undefined ? null : JSON.stringify(opportunity.position),
    ],
  );
};

export const markMissed = async (tx: Queryable, opportunityIds: readonly string[]): Promise<void> => {
  if (opportunityIds.length > 0) await tx.query('update opportunities set missed_analyses = missed_analyses + 1 where opportunity_id = any($1::text[])', [opportunityIds]);
};

/** Closes those that are open, writes that into their history, and returns which they were. */
export const closeOpportunities = async (tx: Queryable, { opportunityIds, state, closedBy }: { opportunityIds: readonly string[]; state: 'fixed' | 'faded' | 'merged'; closedBy: string }): Promise<string[]> => {
  const rows = await tx.query<{ opportunity_id: string }>(
    `with closed as (
       update opportunities set state = $2, closed_at = now(), closed_by = $3 where opportunity_id = any($1::text[]) and state = 'open' returning opportunity_id, size, priority
     ), written as (
       insert into opportunity_history (opportunity_id, recorded_by, kind, size, priority)
       select opportunity_id, $3, case $2 when 'merged' then 'merged_away' else $2 end, size, priority from closed on conflict do nothing
     )
     select opportunity_id from closed`,
    [opportunityIds, state, closedBy],
  );
  return rows.map(({ opportunity_id }) => opportunity_id).sort();
};

export const reopenOpportunities = async (tx: Queryable, { model, workload, version }: Target & { version: string }): Promise<void> => {
  await tx.query(
    `with opened as (
       update opportunities set state = 'open', closed_at = null, closed_by = null where model = $1 and workload = $2 and state = 'fixed' and closed_by = $3 returning opportunity_id, size, priority
     )
     insert into opportunity_history (opportunity_id, recorded_by, kind, size, priority) select opportunity_id, $3, 'reopened', size, priority from opened on conflict do nothing`,
    [model, workload, version],
  );
};
