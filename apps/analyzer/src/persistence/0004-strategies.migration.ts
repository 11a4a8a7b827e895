import { ForwardMigration } from '@ratchet/persistence';

// A cycle's facts come by several topics in any order, so each is written where it belongs, and they are joined when they are read:
// fix_works says which strategy made what for which opportunity, fix_cycles what became of it, and strategy_outcomes, once a table of guesses, is both together.
const TABLES = `
  drop table strategy_outcomes;
  create table strategies (
    strategy_id text primary key,
    strategy jsonb not null,
    made_at timestamptz not null default now()
  );
  create table strategy_choices (
    opportunity_id text primary key,
    choice jsonb not null,
    root_cause text not null,
    size integer not null,
    chosen_at timestamptz not null
  );
  create table fix_works (
    -- The dataset, or the fix that is no training.
    work_id text not null,
    opportunity_id text not null,
    strategy_id text not null,
    strategy jsonb not null,
    fix_type text not null,
    -- Where its failures lay when the work was made, and what was known of them then.
    embedding text not null,
    -- Numbers of four bytes: thousands of these are read in each analysis.
    centroid bytea not null,
    root_cause text,
    size integer not null,
    cost_usd double precision not null,
    made_at timestamptz not null,
    primary key (work_id, opportunity_id)
  );
  create index fix_works_by_opportunity on fix_works (opportunity_id);
  create table fix_cycles (
    cycle_id text primary key,
    model text not null,
    workload text not null,
    -- Datasets, or the one fix, that the candidate was made of.
    work_ids jsonb not null default '[]',
    opportunity_ids jsonb not null default '[]',
    training_config jsonb,
    training_seconds double precision,
    target_gain double precision,
    harmed jsonb not null default '[]',
    categories integer not null default 0,
    outcome text check (outcome in ('promoted', 'judged_failed', 'rolled_back', 'rejected', 'insufficient', 'superseded', 'training_failed')),
    decided_at timestamptz,
    -- When this service read of it.
    learned_at timestamptz
  );
  create index fix_cycles_by_decision on fix_cycles (decided_at) where decided_at is not null;
  -- Too little data, an old base or a provider that could not train say nothing about a fix.
  create view strategy_outcomes as
    select distinct c.cycle_id, w.opportunity_id, w.strategy_id as strategy, w.fix_type, c.outcome, c.outcome = 'promoted' as succeeded, c.decided_at, c.learned_at
    from fix_cycles c join fix_works w on c.work_ids ? w.work_id where c.outcome in ('promoted', 'judged_failed', 'rolled_back', 'rejected');
`;

export class Strategies0004 extends ForwardMigration {
  readonly name = 'Strategies0000000000104';
  protected readonly statements = [TABLES];
}
