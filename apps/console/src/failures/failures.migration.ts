import { ForwardMigration } from '@ratchet/persistence';

export class Failures0008 extends ForwardMigration {
  readonly name = 'Failures1760000000008';
  protected readonly statements = [`
      create table failures (
        interaction_id text primary key,
        conversation_id text not null,
        model text not null,
        workload text not null,
        version text not null,
        user_id text,
        query text not null,
        response text not null,
        probability float8 not null,
        severity float8 not null,
        signals jsonb not null,
        -- Of late evidence, too.
        signal_names text[] not null,
        reasons jsonb not null,
        comment text,
        correction text,
        content_withheld boolean not null,
        started_at timestamptz not null,
        closed_at timestamptz not null,
        -- Split by the console itself, as it splits what is searched for: PostgreSQL's parser takes markup, links and addresses for one word or none.
        words tsvector not null
      );
      create index failures_by_time on failures (closed_at desc, interaction_id desc);
      create index failures_of_target on failures (model, workload, closed_at desc, interaction_id desc);
      create index failures_of_workload on failures (workload, closed_at desc, interaction_id desc);
      create index failures_of_version on failures (version, closed_at desc, interaction_id desc);
      create index failures_of_conversation on failures (conversation_id);
      create index failures_of_user on failures (user_id, closed_at desc) where user_id is not null;
      create index failures_by_signal on failures using gin (signal_names);
      create index failures_by_word on failures using gin (words);
      create table late_evidence (
        signal_id text primary key,
        interaction_id text not null,
        user_hash text,
        body jsonb not null,
        detected_at timestamptz not null
      );
      create index late_evidence_of_interaction on late_evidence (interaction_id, detected_at);
      create index late_evidence_of_user on late_evidence (user_hash) where user_hash is not null;
      create index late_evidence_by_time on late_evidence (detected_at);
      create table clustered_failures (
        interaction_id text primary key,
        opportunity_id text not null,
        ranked_at timestamptz not null
      );
      create index clustered_failures_of_opportunity on clustered_failures (opportunity_id);
      create table interactions (
        conversation_id text not null,
        interaction_id text not null,
        model text not null,
        workload text not null,
        version text not null,
        user_hash text,
        query text,
        response text,
        error text,
        -- Whether its conversation has a failure: it is kept as long as that.
        beside_failure boolean not null,
        started_at timestamptz not null,
        seen_at timestamptz not null default now(),
        primary key (conversation_id, interaction_id)
      );
      create index interactions_by_age on interactions (seen_at) where not beside_failure;
      create index interactions_of_user on interactions (user_hash) where user_hash is not null;
      create index interactions_of_target on interactions (model, workload);
      create table erased_users (
        model text not null,
        workload text not null,
        user_hash text not null,
        erased_at timestamptz not null,
        primary key (user_hash, model, workload)
      );
      create table withheld_targets (model text not null, workload text not null, primary key (model, workload));
    `];
}
