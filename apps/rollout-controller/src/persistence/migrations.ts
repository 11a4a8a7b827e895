import { ForwardMigration } from '@ratchet/persistence';
import { EarlyDecisions0007 } from './early-decisions.migration.js';
import { GuardMetrics0008 } from './guard-metrics.migration.js';
import { UserUnits0009 } from './user-units.migration.js';
import { RolloutLineage0011 } from './rollout-lineage.migration.js';
import { Experiments0010 } from './experiments.migration.js';

/** Who serves, and every revision of it. */
const ROUTING = `
  create table targets (
    target text primary key,
    model text not null,
    workload text not null,
    champion text not null,
    previous_champion text,
    revision int not null,
    automation_held boolean not null default false
  );

  create table routing_revisions (
    target text not null references targets,
    revision int not null,
    body jsonb not null,
    actor text not null,
    reason text not null,
    changed_at timestamptz not null,
    primary key (target, revision)
  );
`;

/** Rollouts: the row is a projection of its transitions. */
const ROLLOUTS = `
  create table candidates (
    target text not null,
    version text not null,
    cycle_id text not null,
    dataset_ids jsonb not null,
    opportunity_ids jsonb not null,
    primary key (target, version, cycle_id)
  );

  create table rollouts (
    rollout_id text primary key,
    queue_number bigint generated always as identity,
    target text not null,
    model text not null,
    workload text not null,
    cycle_id text not null,
    version text not null,
    base_version text not null,
    status text not null,
    stage int not null,
    has_traffic boolean not null,
    policy jsonb not null,
    state jsonb not null,
    initial_state jsonb not null,
    last_candidate_data_at timestamptz,
    created_at timestamptz not null
  );
  create unique index one_rollout_with_traffic_a_target on rollouts (target) where has_traffic;
  create index open_rollouts on rollouts (target, queue_number) where status in ('DRAFT', 'AWAITING_APPROVAL', 'RUNNING', 'HOLDING', 'PAUSED');
  create index rollouts_by_version on rollouts (target, version);
`;

/** What was decided and why, for good. */
const RECORD = `
  create table rollout_transitions (
    rollout_id text not null references rollouts,
    sequence int not null,
    from_state text not null,
    to_state text not null,
    actor text not null,
    reason text not null,
    metric text,
    command_id text,
    after jsonb not null,
    evidence jsonb not null,
    stages jsonb not null,
    formula_version text not null,
    happened_at timestamptz not null,
    primary key (rollout_id, sequence)
  );
  create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'rows of % are evidence: they are only added', tg_table_name; end $$;
  create trigger rollout_transitions_are_kept before update or delete on rollout_transitions for each row execute function refuse_change();
  create trigger routing_revisions_are_kept before update or delete on routing_revisions for each row execute function refuse_change();
`;

/** What the decisions rest on. */
const COUNTS = `
  create table arm_tallies (
    rollout_id text not null references rollouts,
    stage int not null,
    arm text not null,
    units int not null,
    failed_units int not null,
    requests int not null,
    errors int not null,
    outcomes int not null,
    failures int not null,
    unsafe int not null,
    latency_ms jsonb not null,
    primary key (rollout_id, stage, arm)
  );
  create table pending_units (
    vitals_id text primary key,
    rollout_id text not null references rollouts,
    stage int not null,
    arm text not null,
    units int not null,
    failed_units int not null,
    matures_at timestamptz not null
  );
  create index pending_units_by_time on pending_units (rollout_id, matures_at);
  create table unsafe_answers (
    rollout_id text not null,
    interaction_id text not null,
    stage int not null,
    arm text not null,
    primary key (rollout_id, interaction_id)
  );
  create table baseline_tallies (
    target text not null,
    version text not null,
    units bigint not null,
    failed_units bigint not null,
    primary key (target, version)
  );
  create table handled_commands (
    command_id text primary key,
    name text not null,
    handled_at timestamptz not null
  );
`;

class RolloutTables0001 extends ForwardMigration {
  readonly name = 'RolloutTables1760000000001';
  protected readonly statements = [ROUTING, ROLLOUTS, RECORD, COUNTS];
}

export const migrations = [RolloutTables0001, EarlyDecisions0007, GuardMetrics0008, UserUnits0009, Experiments0010, RolloutLineage0011];
