import type { FixType, OpportunityClosed, OpportunityRanked, RootCause, Strategy, Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

export interface OpenOpportunity {
  readonly opportunityId: string;
  readonly priority: number;
  readonly rootCauseReason: string;
  readonly analysisId: string;
  readonly failuresAnalyzed: number;
  readonly representativeIds: readonly string[];
  readonly interactionIds: readonly string[];
  readonly commonPatterns: readonly string[];
  /** These are null where the analysis that ranked it did not say. */
  readonly clusterId: string | null;
  readonly rootCause: RootCause | null;
  readonly fixType: FixType | null;
  readonly strategy: Strategy | null;
}

export const saveOpportunity = async (tx: Queryable, ranked: OpportunityRanked): Promise<void> => {
  await tx.query(
    `insert into opportunities (opportunity_id, model, workload, state, priority, root_cause_reason, analysis_id, failures_analyzed, representative_ids, interaction_ids, ranked_at, needs_person, cluster_id, root_cause,
       fix_type, common_patterns, strategy)
     values ($1, $2, $3, 'open', $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14, $15::jsonb, $16::jsonb)
     on conflict (opportunity_id) do update set state = 'open', priority = excluded.priority, root_cause_reason = excluded.root_cause_reason, analysis_id = excluded.analysis_id,
       failures_analyzed = excluded.failures_analyzed, representative_ids = excluded.representative_ids, interaction_ids = excluded.interaction_ids, ranked_at = excluded.ranked_at,
       needs_person = excluded.needs_person, cluster_id = excluded.cluster_id, root_cause = excluded.root_cause, fix_type = excluded.fix_type, common_patterns = excluded.common_patterns, strategy = excluded.strategy`,
    [
      ranked.opportunityId, ranked.model, ranked.workload, ranked.priority, ranked.rootCauseReason, ranked.analysisId, ranked.failuresAnalyzed,
      JSON.stringify(ranked.representatives.map(({ interactionId }) => interactionId)), JSON.stringify(ranked.interactionIds), ranked.rankedAt, ranked.diagnosis?.needsPerson ?? false,
      ranked.clusterId, ranked.rootCause, ranked.fixType, JSON.stringify(ranked.commonPatterns), ranked.strategyChoice ? JSON.stringify(ranked.strategyChoice.strategy) : null,
    ],
  );
};

/** What is fixed or gone needs no more data; another analysis may open it again. */
export const closeOpportunity = async (tx: Queryable, { opportunityId }: OpportunityClosed): Promise<void> => {
  await tx.query(`update opportunities set state = 'closed' where opportunity_id = $1`, [opportunityId]);
};

/** Those to act upon: where rules and judge disagree on the cause, nothing is made until a person has named it. */
export const loadOpenOpportunities = async (db: Queryable, { model, workload }: Target): Promise<OpenOpportunity[]> =>
  db.query<OpenOpportunity & Record<string, unknown>>(
    `select opportunity_id as "opportunityId", priority, root_cause_reason as "rootCauseReason", analysis_id as "analysisId", failures_analyzed as "failuresAnalyzed",
       representative_ids as "representativeIds", interaction_ids as "interactionIds",
       common_patterns as "commonPatterns", cluster_id as "clusterId", root_cause as "rootCause", fix_type as "fixType", strategy
     from opportunities where model = $1 and workload = $2 and state = 'open' and not needs_person order by priority desc, opportunity_id`,
    [model, workload],
  );

export const listTargets = async (db: Queryable): Promise<Target[]> => db.query<Target & Record<string, unknown>>(`select distinct model, workload from opportunities where state = 'open'`);
