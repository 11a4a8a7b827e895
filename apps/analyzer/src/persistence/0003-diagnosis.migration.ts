import { ForwardMigration } from '@ratchet/persistence';

const CHANGES = `
  create table judge_opinions (
    content_hash text primary key,
    opinion jsonb not null,
    -- The failures that were shown: an opinion may quote them, so that it goes with them.
    interaction_ids text[] not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_usd double precision not null,
    asked_at timestamptz not null default now()
  );
  create index judge_opinions_by_age on judge_opinions (asked_at);
  create index judge_opinions_by_interaction on judge_opinions using gin (interaction_ids);
  -- What people ordered; never deleted, since it stands in every later analysis.
  create table root_causes_by_people (
    opportunity_id text primary key,
    root_cause text not null,
    actor text not null,
    reason text not null,
    ordered_at timestamptz not null
  );
  -- Review items that people decided, by order: part of what a cycle has cost.
  create table review_work (
    command_id text primary key,
    model text not null,
    workload text not null,
    items integer not null,
    ordered_at timestamptz not null
  );
  create index review_work_by_target on review_work (model, workload, ordered_at);
  alter table opportunities drop constraint opportunities_state_check;
  alter table opportunities add constraint opportunities_state_check check (state in ('open', 'fixed', 'faded', 'merged', 'dismissed'));
  -- The event as it was published last (as text: a cut character is no jsonb), and for a dismissed one how many failures it had.
  alter table opportunities add column ranked text;
  alter table opportunities add column dismissed_size integer;
  alter table targets add column reranked_at timestamptz not null default now();
  alter table late_evidence add column stored_at timestamptz not null default now();
  create index late_evidence_by_arrival on late_evidence (stored_at);
`;

export class Diagnosis0003 extends ForwardMigration {
  readonly name = 'Diagnosis0000000000103';
  protected readonly statements = [CHANGES];
}
