import { ForwardMigration } from '@ratchet/persistence';

/** Conversations by user, where users are the assignment unit, and their sums. Of rollouts and of experiments: both have such an id. */
export class UserUnits0009 extends ForwardMigration {
  readonly name = 'UserUnits1764100000009';
  protected readonly statements = [
    `create table user_units (
       rollout_id text not null,
       user_hash text not null,
       arm text not null,
       stage int not null,
       units int not null,
       failed_units int not null,
       primary key (rollout_id, user_hash, arm, stage)
     )`,
    `create table stage_users (
       rollout_id text not null,
       stage int not null,
       arm text not null,
       seen int not null,
       conversations bigint not null,
       first_seen int not null,
       primary key (rollout_id, stage, arm)
     )`,
    `create table user_sums (
       rollout_id text not null,
       arm text not null,
       users int not null,
       sum_y bigint not null,
       sum_n bigint not null,
       sum_yy bigint not null,
       sum_yn bigint not null,
       sum_nn bigint not null,
       primary key (rollout_id, arm)
     )`,
    `create table pending_users (
       vitals_id text primary key,
       rollout_id text not null,
       stage int not null,
       arm text not null,
       users jsonb not null,
       matures_at timestamptz not null
     )`,
    `create index pending_users_by_time on pending_users (rollout_id, matures_at)`,
  ];
}
