import { ForwardMigration } from '@ratchet/persistence';

const TABLES = `
  create table targets (
    model text not null,
    workload text not null,
    champion text,
    analyses integer not null default 0,
    analysed_through bigint not null default 0,
    analysed_at timestamptz,
    primary key (model, workload)
  );
  create table retired_versions (
    model text not null,
    workload text not null,
    version text not null,
    reason text not null,
    retired_at timestamptz not null default now(),
    primary key (model, workload, version)
  );
  create table failures (
    sequence bigint generated always as identity unique,
    interaction_id text primary key,
    model text not null,
    workload text not null,
    version text not null,
    conversation_id text not null,
    user_id text,
    query text not null,
    response text not null,
    probability double precision not null,
    severity double precision not null,
    signals jsonb not null,
    reasons jsonb not null,
    comment text,
    correction text,
    started_at timestamptz not null,
    closed_at timestamptz not null,
    opportunity_id text,
    resolved_by text
  );
  create index failures_by_target on failures (model, workload, sequence);
  create index failures_by_opportunity on failures (opportunity_id) where opportunity_id is not null;
  create index failures_by_resolution on failures (model, workload, resolved_by) where resolved_by is not null;
  create table late_evidence (
    signal_id text primary key,
    interaction_id text not null,
    name text not null,
    strength double precision not null,
    evidence jsonb not null,
    reasons jsonb not null,
    comment text,
    correction text,
    detected_at timestamptz not null
  );
  create index late_evidence_by_interaction on late_evidence (interaction_id, detected_at);
  create index late_evidence_by_age on late_evidence (detected_at);
  create table opportunities (
    opportunity_id text primary key,
    model text not null,
    workload text not null,
    state text not null check (state in ('open', 'fixed', 'faded', 'merged')),
    fix_type text not null,
    strategy text not null,
    priority double precision not null,
    size integer not null,
    embedding text not null,
    centroid jsonb not null,
    missed_analyses integer not null default 0,
    last_analysis_id text not null,
    first_ranked_at timestamptz not null default now(),
    last_ranked_at timestamptz not null default now(),
    closed_at timestamptz,
    closed_by text
  );
  create index opportunities_by_target on opportunities (model, workload, state);
  create table analyses (
    analysis_id text primary key,
    model text not null,
    workload text not null,
    failures integer not null,
    clusters integer not null,
    opportunities integer not null,
    silhouette double precision,
    duration_ms integer not null,
    finished_at timestamptz not null default now()
  );
  create table strategy_outcomes (
    cycle_id text not null,
    opportunity_id text not null,
    strategy text not null,
    fix_type text not null,
    outcome text not null check (outcome in ('judged_failed', 'rolled_back', 'promoted')),
    succeeded boolean not null,
    decided_at timestamptz not null default now(),
    primary key (cycle_id, opportunity_id)
  );
  create index strategy_outcomes_by_strategy on strategy_outcomes (strategy);
`;

export class InitialSchema0001 extends ForwardMigration {
  readonly name = 'InitialSchema0000000000101';
  protected readonly statements = [TABLES];
}
