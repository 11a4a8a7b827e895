import { ForwardMigration } from '@ratchet/persistence';
import { Access0006 } from '../access/access.migration.js';
import { Reports0013 } from '../alerts/alerts.migration.js';
import { Failures0008 } from '../failures/failures.migration.js';
import { Home0015 } from '../home/home.migration.js';
import { Opportunities0016 } from '../opportunities/opportunities.migration.js';
import { OpportunityHistory0019 } from '../opportunities/opportunity-history.migration.js';
import { Audit0012 } from '../audit/audit.migration.js';
import { Budgets0004 } from '../budgets/budgets.migration.js';
import { Rollouts0011 } from '../rollouts/rollouts.migration.js';
import { Webhooks0005 } from '../webhooks/webhooks.migration.js';
import { Lineage0010 } from '../lineage/lineage.migration.js';
import { ReviewQueue0009 } from '../reviews/review-queue.migration.js';
import { Reviews0003 } from './reviews.migration.js';

const TABLES = `
create table targets (
  model text not null,
  workload text not null,
  routing jsonb not null,
  revision int not null,
  primary key (model, workload)
);
create table versions (
  version_id text not null,
  model text not null,
  workload text not null,
  body jsonb not null,
  primary key (model, workload, version_id)
);
create table vitals (
  model text not null,
  workload text not null,
  version text not null,
  arm text not null,
  stage int not null,
  requests bigint not null,
  errors bigint not null,
  outcomes bigint not null,
  failures bigint not null,
  primary key (model, workload, version, arm, stage)
);
create table opportunities (
  opportunity_id text primary key,
  model text not null,
  workload text not null,
  priority float8 not null,
  body jsonb not null,
  closed jsonb,
  seen_at timestamptz not null default now()
);
create index opportunities_open on opportunities (model, workload, priority desc) where closed is null;
create table cycles (
  cycle_id text primary key,
  model text not null,
  workload text not null,
  state text not null,
  version text,
  facts jsonb not null,
  started_at timestamptz not null,
  ended_at timestamptz
);
create index cycles_by_start on cycles (started_at desc);
create table decisions (
  decision_id text primary key,
  cycle_id text,
  model text not null,
  workload text not null,
  kind text not null,
  actor text not null,
  reason text not null,
  body jsonb not null,
  happened_at timestamptz not null
);
create index decisions_by_cycle on decisions (cycle_id, happened_at);
create index decisions_by_time on decisions (happened_at desc);
create table alerts (
  alert_id text primary key,
  workload text not null,
  body jsonb not null,
  raised_at timestamptz not null,
  resolved_at timestamptz
);
create table audit_records (
  sequence bigint primary key,
  cycle_id text not null,
  previous_hash text not null,
  hash text not null unique,
  record jsonb not null,
  recorded_at timestamptz not null
);
create function refuse_audit_change() returns trigger language plpgsql as $$ begin raise exception 'audit records are append-only'; end $$;
create trigger audit_records_are_append_only before update or delete or truncate on audit_records for each statement execute function refuse_audit_change();
`;

class ConsoleTables0001 extends ForwardMigration {
  readonly name = 'ConsoleTables1760000000001';
  protected readonly statements = [TABLES];
}

/** Facts of cycles that came before those that they follow from. */
class EarlyFacts0002 extends ForwardMigration {
  readonly name = 'EarlyFacts1760000000002';
  protected readonly statements = [`
      create table early_facts (place bigint generated always as identity primary key, cycle_id text not null, change json not null);
      create index early_facts_by_cycle on early_facts (cycle_id, place);
    `];
}

export const migrations = [ConsoleTables0001, EarlyFacts0002, Reviews0003, Budgets0004, Webhooks0005, Access0006, Failures0008, ReviewQueue0009, Lineage0010, Rollouts0011, Audit0012, Reports0013, Home0015, Opportunities0016, OpportunityHistory0019];
