import { ForwardMigration } from '@ratchet/persistence';

export class FixTables0004 extends ForwardMigration {
  readonly name = 'FixTables1760000000004';
  protected readonly statements = [`
      create table fixes (
        fix_id text primary key,
        model text not null,
        workload text not null,
        opportunity_id text not null,
        body jsonb not null,
        state text not null default 'waiting' check (state in ('waiting', 'trying', 'dropped', 'promoted', 'rejected', 'insufficient', 'rolled_back', 'failed')),
        -- The latest: a fix that was overtaken is built again in another cycle.
        cycle_id text,
        proposed_at timestamptz not null
      );
      create index fixes_by_state on fixes (model, workload, state, proposed_at);
      create index fixes_by_opportunity on fixes (opportunity_id);
      -- Datasets that only judge: of them nothing is trained on.
      create table judging_datasets (
        dataset_id text primary key,
        failures_analyzed int not null,
        test_count int not null
      );
    `];
}
