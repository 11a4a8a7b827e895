import { ForwardMigration } from '@ratchet/persistence';

const suites = `
  create table datasets (
    dataset_id text primary key,
    model text not null,
    workload text not null,
    purpose text not null,
    opportunity_ids jsonb not null,
    versioned_at timestamptz not null
  );
  create index datasets_by_target on datasets (model, workload, purpose, versioned_at desc);
  create table examples (
    dataset_id text not null,
    example_id text not null,
    split text not null,
    input text not null,
    output text not null,
    category text,
    opportunity_id text,
    primary key (dataset_id, example_id)
  );
  -- What a promoted cycle repaired; never deleted: this is the ratchet.
  create table fixed_datasets (
    dataset_id text primary key,
    model text not null,
    workload text not null,
    cycle_id text not null,
    fixed_at timestamptz not null
  );
  create index fixed_datasets_by_target on fixed_datasets (model, workload);
`;

const judgements = `
  create table versions (
    version_id text primary key,
    model text not null,
    workload text not null,
    ordinal integer not null,
    bundle jsonb not null,
    published_at timestamptz not null
  );
  create index versions_by_target on versions (model, workload, ordinal);
  create table champions (
    model text not null,
    workload text not null,
    version_id text not null,
    since timestamptz not null,
    primary key (model, workload)
  );
  create table judgements (
    cycle_id text primary key,
    model text not null,
    workload text not null,
    version_id text not null,
    base_version_id text not null,
    dataset_ids jsonb not null,
    registered_event_id text not null,
    received_at timestamptz not null default now(),
    outages integer not null default 0,
    outcome text,
    judged_at timestamptz
  );
  create table answers (
    cycle_id text not null references judgements on delete cascade,
    version_id text not null,
    item_id text not null,
    score double precision,
    latency_ms double precision,
    cost_usd double precision,
    fault text,
    reasons jsonb not null,
    primary key (cycle_id, version_id, item_id)
  );
`;

const quality = `
  create table quality_evaluations (
    sequence bigint generated always as identity primary key,
    interaction_id text not null unique,
    model text not null,
    workload text not null,
    version_id text not null,
    relevance double precision,
    factuality double precision,
    safety double precision,
    format double precision,
    explanations jsonb not null,
    evaluated_at timestamptz not null
  );
  create index quality_evaluations_by_target on quality_evaluations (model, workload, sequence desc);
  create index quality_evaluations_by_time on quality_evaluations (evaluated_at);
  create table quality_alerts (
    alert_id text primary key,
    model text not null,
    workload text not null,
    evaluator text not null,
    raised_at timestamptz not null,
    resolved_at timestamptz
  );
  create unique index quality_alerts_open on quality_alerts (model, workload, evaluator) where resolved_at is null;
`;

export class Evaluator0001 extends ForwardMigration {
  readonly name = 'Evaluator1763800000001';
  protected readonly statements = [suites, judgements, quality];
}
