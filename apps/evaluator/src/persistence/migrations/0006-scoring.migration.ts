import { ForwardMigration } from '@ratchet/persistence';
import { SPENDING_TABLES } from '@ratchet/spending';

const caches = `
  -- What a version answered, by the hash of what it was asked; how long it took is not kept.
  create table answer_cache (
    version_id text not null,
    prompt_hash text not null,
    content text not null,
    finish_reason text not null,
    cost_usd double precision,
    asked_at timestamptz not null default now(),
    primary key (version_id, prompt_hash)
  );
  create index answer_cache_by_prompt on answer_cache (prompt_hash);
  create index answer_cache_by_time on answer_cache (asked_at);
  -- Scores by a hash of all that they depend on; no text.
  create table score_cache (score_key text primary key, score double precision not null, scored_at timestamptz not null default now());
  create index score_cache_by_time on score_cache (scored_at);
  create table vector_cache (
    model text not null,
    text_hash text not null,
    -- Of the item for which the text was embedded, so that it goes with the item.
    prompt_hash text not null,
    vector bytea not null,
    embedded_at timestamptz not null default now(),
    primary key (model, text_hash)
  );
  create index vector_cache_by_prompt on vector_cache (prompt_hash);
  create index vector_cache_by_time on vector_cache (embedded_at);
`;

const columns = `
  alter table answers add column scorer text, add column scorer_version text, add column source text;
  -- The scorer of an item; and the answer that a person rejected, by which judges are compared with people.
  alter table examples add column scorer jsonb, add column rejected_output text, add column source text;
  create index examples_by_input on examples (md5(input));
`;

/** Answers and scores that outlive a judgement, how each was scored, and what the judge has cost. */
export class Scoring0006 extends ForwardMigration {
  readonly name = 'Scoring1764100000006';
  protected readonly statements = [caches, columns, SPENDING_TABLES];
}
