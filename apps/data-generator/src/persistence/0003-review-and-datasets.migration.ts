import { ForwardMigration } from '@ratchet/persistence';

const REVIEW = `
  alter table review_items drop constraint review_items_state_check;
  update review_items set state = 'approved' where state = 'accepted';
  alter table review_items add constraint review_items_state_check check (state in ('waiting', 'approved', 'rejected', 'withdrawn')),
    drop column decided_by,
    add column claimed_by text,
    add column claimed_until timestamptz,
    add column decisions jsonb not null default '[]',
    add column refusals jsonb not null default '[]',
    add column reviewers_needed integer not null default 1,
    -- Groups whose record a decision counts for: source, strategy, wording of the teacher's instructions.
    add column origins text[] not null default '{}',
    -- The example that an approval makes: another one than the item's own where a reviewer put another answer.
    add column approved_example_id text,
    add column approved_output text;
  create index review_items_by_opportunity on review_items (opportunity_id, state);
  create index review_items_claimed on review_items (claimed_until) where claimed_until is not null;
`;

const DATASETS = `
  alter table datasets add column sequence bigint generated always as identity, add column previous_dataset_id text;
  create index datasets_by_target on datasets (model, workload, sequence desc);
  -- Stays when an example is withdrawn: what has been a test is never trained on.
  create table example_splits (
    example_id text primary key,
    split text not null
  );
  create table dataset_versions (
    dataset_id text not null,
    version_id text not null,
    cycle_id text not null,
    primary key (dataset_id, version_id)
  );
`;

// Users are named by hashes alone: these rows outlive failures and corrections.
const SOURCES = `
  create table example_sources (
    example_id text not null,
    interaction_id text not null,
    user_hash text,
    -- This interaction asked the example's very request; submitted its very answer. Neither: the example was derived from it.
    is_request boolean not null,
    is_answer boolean not null,
    primary key (example_id, interaction_id)
  );
  create index example_sources_by_user on example_sources (user_hash);
  create index example_sources_by_interaction on example_sources (interaction_id);
  create table answer_voices (
    model text not null,
    workload text not null,
    answer_hash text not null,
    user_hash text not null,
    primary key (model, workload, answer_hash, user_hash)
  );
  create index answer_voices_by_user on answer_voices (user_hash);
  create table teacher_call_examples (
    content_hash text not null,
    example_id text not null,
    primary key (content_hash, example_id)
  );
  create index teacher_call_examples_by_example on teacher_call_examples (example_id);
  create table erasures (
    erasure_id text primary key,
    model text not null,
    workload text not null,
    user_hash text not null,
    erased_at timestamptz not null,
    sequence bigint generated always as identity
  );
  create index erasures_by_user on erasures (user_hash, model, workload);
`;

export class ReviewAndDatasets0003 extends ForwardMigration {
  readonly name = 'ReviewAndDatasets0000000000103';
  protected readonly statements = [REVIEW, DATASETS, SOURCES];
}
