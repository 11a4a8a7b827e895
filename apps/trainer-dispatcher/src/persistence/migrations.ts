import { ForwardMigration } from '@ratchet/persistence';
import { FixTables0004 } from './fix-tables.migration.js';
import { AwaitingPerson0007 } from './awaiting-person.migration.js';
import { HoldsAndRegistry0006 } from './holds-and-registry.migration.js';
import { TrainingRuns0005 } from './training-runs.migration.js';
import { TrainingRecipes0002 } from './training-recipes.migration.js';

class TrainerTables0001 extends ForwardMigration {
  readonly name = 'TrainerTables1760000000001';
  protected readonly statements = [`
      create table targets (
        model text not null,
        workload text not null,
        champion text not null,
        champion_since timestamptz not null,
        last_ordinal int not null,
        last_cycle_at timestamptz not null,
        primary key (model, workload)
      );
      create table versions (
        version_id text not null,
        model text not null,
        workload text not null,
        ordinal int not null,
        bundle jsonb not null,
        parent_version text,
        created_at timestamptz not null default now(),
        primary key (model, workload, version_id),
        unique (model, workload, ordinal)
      );
      create table datasets (
        dataset_id text primary key,
        model text not null,
        workload text not null,
        opportunity_ids jsonb not null,
        failures_analyzed int not null,
        high_priority boolean not null,
        added_at timestamptz not null default now()
      );
      create table examples (
        example_id text primary key,
        dataset_id text not null,
        model text not null,
        workload text not null,
        split text not null,
        body jsonb not null,
        state text not null default 'waiting' check (state in ('waiting', 'training', 'used', 'quarantined')),
        cycle_id text,
        added_at timestamptz not null default now()
      );
      create index examples_by_state on examples (model, workload, state, added_at);
      create table vitals_by_minute (
        model text not null,
        workload text not null,
        version text not null,
        minute timestamptz not null,
        outcomes int not null,
        failures int not null,
        primary key (model, workload, version, minute)
      );
      create table cycles (
        cycle_id text primary key,
        model text not null,
        workload text not null,
        state text not null check (state in ('training', 'judging', 'rollout', 'promoted', 'rejected', 'insufficient', 'superseded', 'rolled_back', 'failed')),
        trigger text not null,
        trigger_reason text not null,
        base_version text not null,
        version text,
        training_run_id text not null,
        provider_job text,
        started_at timestamptz not null default now(),
        ended_at timestamptz
      );
      create unique index one_open_cycle_a_target on cycles (model, workload) where ended_at is null;
    `];
}

export const migrations = [TrainerTables0001, TrainingRecipes0002, FixTables0004, TrainingRuns0005, HoldsAndRegistry0006, AwaitingPerson0007];
