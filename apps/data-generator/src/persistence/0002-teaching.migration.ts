import { ForwardMigration } from '@ratchet/persistence';
import { SPENDING_TABLES } from '@ratchet/spending';

const TABLES = `
  alter table opportunities
    add column cluster_id text,
    add column root_cause text,
    add column fix_type text,
    add column common_patterns jsonb not null default '[]',
    add column strategy jsonb;
  alter table issued_examples
    add column input text,
    add column split text,
    add column generated boolean not null default false,
    add column opportunity_id text;
  create table generation_runs (
    run_id text primary key,
    model text not null,
    workload text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz
  );
  create unique index generation_runs_open on generation_runs (model, workload) where ended_at is null;
  create table traffic (
    sequence bigint generated always as identity unique,
    interaction_id text primary key,
    model text not null,
    workload text not null,
    conversation_id text not null,
    user_id text,
    query text not null,
    response text not null,
    started_at timestamptz not null
  );
  create index traffic_by_target on traffic (model, workload, sequence);
  create table traffic_confirmations (
    interaction_id text primary key,
    signal text not null,
    confirmed_at timestamptz not null
  );
  create index traffic_confirmations_by_age on traffic_confirmations (confirmed_at);
`;

/** Strategies of opportunities, texts of what was issued (tests are kept apart from training by them), runs, what a teacher cost, and a sample of traffic. */
export class Teaching0002 extends ForwardMigration {
  readonly name = 'Teaching0000000000102';
  protected readonly statements = [TABLES, SPENDING_TABLES];
}
