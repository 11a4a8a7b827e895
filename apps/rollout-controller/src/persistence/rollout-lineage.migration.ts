import { ForwardMigration } from '@ratchet/persistence';

/** Which records a rollout's evidence reaches to, who drains, and what a promotion comes from. */
export class RolloutLineage0011 extends ForwardMigration {
  readonly name = 'RolloutLineage1764200000011';
  protected readonly statements = [
    `create table evidence_offsets (
       rollout_id text not null references rollouts,
       topic text not null,
       partition int not null,
       last_offset bigint not null,
       primary key (rollout_id, topic, partition)
     )`,
    `alter table targets add column draining jsonb`,
    `alter table candidates add column training_run_id text`,
    `alter table verdicts add column gates jsonb, add column message text`,
    // A rollout keeps the policy that it was made with, as it was then.
    `update rollouts set policy = '{"whenBusy": "queue", "drainMs": 0}'::jsonb || policy`,
  ];
}
