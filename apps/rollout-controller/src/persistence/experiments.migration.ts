import { ForwardMigration } from '@ratchet/persistence';

/** A/B tests on their own: the row is a projection of its transitions; what they rest on; versions that there are. */
export class Experiments0010 extends ForwardMigration {
  readonly name = 'Experiments1764100000010';
  protected readonly statements = [
    `create table experiments (
       experiment_id text primary key,
       queue_number bigint generated always as identity,
       target text not null references targets,
       treatment text not null,
       status text not null,
       has_arms boolean not null,
       policy jsonb not null,
       state jsonb not null,
       initial_state jsonb not null,
       created_at timestamptz not null
     )`,
    `create unique index one_experiment_with_arms_a_target on experiments (target) where has_arms`,
    `create index open_experiments on experiments (target, queue_number) where status in ('queued', 'running', 'held')`,
    `create table experiment_transitions (
       experiment_id text not null references experiments,
       sequence int not null,
       from_state text not null,
       to_state text not null,
       actor text not null,
       reason text not null,
       command_id text,
       after jsonb not null,
       counts jsonb not null,
       formula_version text not null,
       happened_at timestamptz not null,
       primary key (experiment_id, sequence)
     )`,
    `create trigger experiment_transitions_are_kept before update or delete on experiment_transitions for each row execute function refuse_change()`,
    `create table experiment_tallies (
       experiment_id text not null references experiments,
       arm text not null,
       units bigint not null,
       failed bigint not null,
       requests bigint not null,
       errors bigint not null,
       unsafe bigint not null,
       covariate_count bigint not null,
       sum_x float8 not null,
       sum_xx float8 not null,
       sum_y float8 not null,
       sum_xy float8 not null,
       last_data_at timestamptz not null,
       primary key (experiment_id, arm)
     )`,
    `create table experiment_segments (
       experiment_id text not null references experiments,
       segment text not null,
       arm text not null,
       units bigint not null,
       failed bigint not null,
       primary key (experiment_id, segment, arm)
     )`,
    `create table experiment_vitals (
       experiment_id text not null references experiments,
       vitals_id text not null,
       primary key (experiment_id, vitals_id)
     )`,
    `create table known_versions (
       target text not null,
       version text not null,
       primary key (target, version)
     )`,
  ];
}
