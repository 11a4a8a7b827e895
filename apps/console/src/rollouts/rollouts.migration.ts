import { ForwardMigration } from '@ratchet/persistence';

/** Rollouts and experiments as their topics tell of them, what people ordered, and counts over time. */
export class Rollouts0011 extends ForwardMigration {
  readonly name = 'Rollouts1760000000011';
  protected readonly statements = [
    `
    create table rollouts (
      rollout_id text primary key,
      cycle_id text not null,
      model text not null,
      workload text not null,
      version text not null,
      base_version text not null,
      state text not null,
      is_open boolean not null,
      stage int not null,
      share float8 not null,
      sequence int,
      needs_person boolean,
      actor text not null,
      reason text not null,
      terms jsonb,
      started_at timestamptz not null,
      changed_at timestamptz not null,
      reverted_at timestamptz
    );
    create index rollouts_by_start on rollouts (is_open, started_at desc, rollout_id desc);
    create index rollouts_all_by_start on rollouts (started_at desc, rollout_id desc);
    create index rollouts_of_target on rollouts (model, workload, started_at desc, rollout_id desc);
    create table rollout_transitions (
      transition_id text primary key,
      rollout_id text not null,
      kind text not null,
      sequence int,
      from_state text,
      to_state text not null,
      stage int not null,
      share float8 not null,
      actor text not null,
      reason text not null,
      metric text,
      command_id text,
      evidence jsonb not null,
      happened_at timestamptz not null
    );
    create index rollout_transitions_of on rollout_transitions (rollout_id, happened_at, sequence);
    create index rollout_transitions_by_command on rollout_transitions (command_id) where command_id is not null;
    create table experiments (
      experiment_id text primary key,
      model text not null,
      workload text not null,
      is_open boolean not null,
      sequence int not null,
      body jsonb not null,
      started_at timestamptz not null,
      changed_at timestamptz not null
    );
    create index experiments_by_start on experiments (is_open, started_at desc, experiment_id desc);
    create index experiments_all_by_start on experiments (started_at desc, experiment_id desc);
    create index experiments_of_target on experiments (model, workload, started_at desc, experiment_id desc);
    create table experiment_steps (
      experiment_id text not null,
      sequence int not null,
      body jsonb not null,
      command_id text,
      happened_at timestamptz not null,
      primary key (experiment_id, sequence)
    );
    create index experiment_steps_by_command on experiment_steps (command_id) where command_id is not null;
    create table conclusions (run_id text primary key, body jsonb not null);
    create table orders (
      command_id text primary key,
      model text not null,
      workload text not null,
      name text not null,
      version text,
      actor text not null,
      reason text not null,
      issued_at timestamptz not null
    );
    create index orders_of_target on orders (model, workload, issued_at desc);
    create table order_refusals (command_id text primary key, message text not null, refused_at timestamptz not null);
    create table automation_holds (
      model text not null,
      workload text not null,
      is_held boolean not null,
      command_id text not null,
      actor text not null,
      reason text not null,
      changed_at timestamptz not null,
      primary key (model, workload)
    );
    create table run_series (run_id text primary key, bucket_seconds bigint not null, rows int not null);
    create table run_counts (
      run_id text not null,
      arm text not null,
      version text not null,
      stage int not null,
      bucket bigint not null,
      units bigint not null,
      failed bigint not null,
      requests bigint not null,
      errors bigint not null,
      unsafe bigint not null,
      latency jsonb not null,
      cost_sum float8 not null,
      cost_count bigint not null,
      primary key (run_id, bucket, stage, arm, version)
    );
  `,
    // Counts by bucket of a histogram, as {"bucket": count}.
    `create function add_counts(a jsonb, b jsonb) returns jsonb language sql immutable as $$
       select coalesce(jsonb_object_agg(key, n), '{}') from (
         select key, sum(value::bigint) as n from (select * from jsonb_each_text(a) union all select * from jsonb_each_text(b)) both_of_them group by key
       ) summed
     $$`,
    `create aggregate sum_counts(jsonb) (sfunc = add_counts, stype = jsonb, initcond = '{}')`,
  ];
}
