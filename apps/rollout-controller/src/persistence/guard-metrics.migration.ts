import { ForwardMigration } from '@ratchet/persistence';

/** Scores and costs by arm, and when data of any arm came. */
export class GuardMetrics0008 extends ForwardMigration {
  readonly name = 'GuardMetrics1764200000008';
  protected readonly statements = [
    `alter table arm_tallies
       add column cost_count int not null default 0,
       add column cost_sum float8 not null default 0,
       add column cost_squares float8 not null default 0,
       add column quality jsonb not null default '{}',
       add column unit_requests float8 not null default 0,
       add column unit_requests_squared float8 not null default 0`,
    `alter table rollouts add column last_data_at timestamptz`,
    `update rollouts set last_data_at = last_candidate_data_at`,
    `create table quality_scores (
       rollout_id text not null references rollouts,
       interaction_id text not null,
       evaluator text not null,
       conversation_id text not null,
       stage int not null,
       arm text not null,
       score float8 not null,
       weight float8 not null,
       primary key (rollout_id, interaction_id, evaluator)
     )`,
    `create index quality_scores_by_conversation on quality_scores (rollout_id, conversation_id, evaluator)`,
    // A rollout keeps the policy that it was made with: guards that did not exist then stay off in it.
    `update rollouts set policy = '{
       "guardsOff": ["quality", "cost"], "thresholdZero": [],
       "weights": {"success": 0.8, "errors": 0.1, "quality": 0.04, "cost": 0.03, "latency": 0.03},
       "quality": {"margin": 0.05, "minScores": 100, "evaluators": ["relevance", "factuality", "format"], "scoredBy": ["rules", "judges"], "proof": "measured"},
       "cost": {"margin": 0.2, "minRequests": 200, "proof": "measured"}
     }'::jsonb || policy`,
  ];
}
