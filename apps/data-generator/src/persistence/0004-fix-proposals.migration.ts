import { ForwardMigration } from '@ratchet/persistence';

const TABLES = `
  create table published_versions (
    model text not null,
    workload text not null,
    version_id text not null,
    ordinal integer not null,
    bundle jsonb not null,
    primary key (model, workload, version_id)
  );
  create table serving_versions (
    model text not null,
    workload text not null,
    version_id text not null,
    since timestamptz not null,
    primary key (model, workload)
  );
  create table fix_wishes (
    opportunity_id text primary key,
    model text not null,
    workload text not null,
    fix_type text not null,
    needs_person boolean not null,
    strategy jsonb,
    -- Given with the first patch of a system prompt, and kept: a later patch takes the place of its section.
    heading text
  );
  create index fix_wishes_by_target on fix_wishes (model, workload);
  create table failure_comments (
    interaction_id text not null,
    user_id text,
    comment text not null,
    given_at timestamptz not null,
    primary key (interaction_id, comment)
  );
  create index failure_comments_by_age on failure_comments (given_at);
  create table fix_proposals (
    fix_id text primary key,
    model text not null,
    workload text not null,
    opportunity_id text not null,
    fix_type text not null,
    base_version text not null,
    patch_hash text not null,
    patch jsonb not null,
    dataset_id text not null,
    test_count integer not null,
    state text not null default 'open' check (state in ('open', 'promoted', 'failed', 'insufficient', 'rolled_back', 'dropped')),
    cycle_id text,
    version_id text,
    proposed_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index fix_proposals_by_opportunity on fix_proposals (opportunity_id, state);
  create index fix_proposals_by_cycle on fix_proposals (cycle_id);
`;

export class FixProposals0004 extends ForwardMigration {
  readonly name = 'FixProposals0000000000104';
  protected readonly statements = [TABLES];
}
