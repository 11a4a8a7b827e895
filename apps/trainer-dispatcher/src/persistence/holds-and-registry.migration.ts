import { ForwardMigration } from '@ratchet/persistence';

export class HoldsAndRegistry0006 extends ForwardMigration {
  readonly name = 'HoldsAndRegistry1760000000006';
  protected readonly statements = [`
      -- A person holds the automation: triggers and waiting fixes start nothing until it is released.
      alter table targets add column held_since timestamptz;
      -- Kept from the events that this service, the evaluator and the rollout-controller put out; each fills its own columns, in any order.
      create table registry_versions (
        model text not null,
        workload text not null,
        version_id text not null,
        ordinal int,
        parent_version text,
        content_hash text,
        provider text,
        provider_model text,
        published_at timestamptz,
        cycle_id text,
        training_run_id text,
        dataset_ids jsonb not null default '[]',
        opportunity_ids jsonb not null default '[]',
        fix_id text,
        training_config jsonb not null default '{}',
        backend text,
        data_hash text,
        metrics jsonb not null default '{}',
        cost_usd double precision,
        training_seconds double precision,
        registered_at timestamptz,
        outcome text,
        gates jsonb not null default '[]',
        judged_at timestamptz,
        promoted_at timestamptz,
        rolled_back_at timestamptz,
        primary key (model, workload, version_id)
      );
      create index registry_versions_by_parent on registry_versions (model, workload, parent_version);
      create table registry_aliases (
        model text not null,
        workload text not null,
        alias text not null check (alias in ('champion', 'candidate')),
        version_id text not null,
        -- Of the routing that said so; an older one changes nothing.
        revision bigint not null,
        since timestamptz not null,
        primary key (model, workload, alias)
      );
      create table registry_revisions (
        model text not null,
        workload text not null,
        revision bigint not null,
        primary key (model, workload)
      );
    `];
}
