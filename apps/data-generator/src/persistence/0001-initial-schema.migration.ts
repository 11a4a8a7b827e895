import { ForwardMigration } from '@ratchet/persistence';

const TABLES = `
  create table failures (
    sequence bigint generated always as identity unique,
    interaction_id text primary key,
    model text not null,
    workload text not null,
    conversation_id text not null,
    user_id text,
    query text not null,
    response text not null,
    signals jsonb not null,
    started_at timestamptz not null,
    closed_at timestamptz not null
  );
  create index failures_by_target on failures (model, workload, sequence);
  create table corrections (
    interaction_id text primary key,
    correction text not null,
    user_id text,
    given_at timestamptz not null
  );
  create index corrections_by_age on corrections (given_at);
  create table opportunities (
    opportunity_id text primary key,
    model text not null,
    workload text not null,
    state text not null check (state in ('open', 'closed')),
    priority double precision not null,
    root_cause_reason text not null,
    analysis_id text not null,
    failures_analyzed integer not null,
    representative_ids jsonb not null,
    interaction_ids jsonb not null,
    ranked_at timestamptz not null
  );
  create index opportunities_by_target on opportunities (model, workload, state);
  create table issued_examples (
    example_id text primary key,
    model text not null,
    workload text not null,
    input_key text not null,
    answer_key text not null,
    output text not null,
    source text not null,
    dataset_id text not null,
    issued_at timestamptz not null default now()
  );
  create index issued_examples_by_target on issued_examples (model, workload);
  create table datasets (
    dataset_id text primary key,
    model text not null,
    workload text not null,
    content_hash text not null,
    train_count integer not null,
    test_count integer not null,
    versioned_at timestamptz not null default now()
  );
  create table review_items (
    example_id text primary key,
    model text not null,
    workload text not null,
    opportunity_id text not null,
    input text not null,
    output text not null,
    source text not null,
    confidence double precision not null,
    interaction_ids jsonb not null,
    agreeing_users integer,
    state text not null check (state in ('waiting', 'accepted', 'rejected')),
    reason text not null,
    decided_by text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index review_items_by_target on review_items (model, workload, state);
  create table teacher_results (
    content_hash text primary key,
    kind text not null,
    value jsonb not null,
    created_at timestamptz not null default now()
  );
`;

export class InitialSchema0001 extends ForwardMigration {
  readonly name = 'InitialSchema0000000000101';
  protected readonly statements = [TABLES];
}
