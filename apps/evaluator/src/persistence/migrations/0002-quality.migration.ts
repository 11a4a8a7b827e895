import { ForwardMigration } from '@ratchet/persistence';

// The score columns of quality_evaluations and the table quality_alerts stay, unused: instances of the version before go on with them
// while a rolling update lasts.
const scores = `
  alter table quality_evaluations alter column explanations set default '{}';
  create table quality_scores (
    sequence bigint generated always as identity primary key,
    interaction_id text not null,
    model text not null,
    workload text not null,
    version_id text not null,
    evaluator text not null,
    -- 'provider/model' of a judge, and its prompt; empty for a rule.
    judge text not null,
    prompt text not null,
    score double precision not null,
    is_pass boolean not null,
    explanation text not null,
    -- Chance of having been sampled; and 0 to 1, inverse to it among the arms of a version.
    rate double precision not null,
    weight double precision not null,
    cost_usd double precision,
    evaluated_at timestamptz not null,
    is_counted boolean not null default false,
    unique (interaction_id, evaluator, judge, prompt)
  );
  create index quality_scores_uncounted on quality_scores (sequence) where not is_counted;
  create index quality_scores_by_target on quality_scores (model, workload, evaluator, judge, prompt, sequence desc);
  create index quality_scores_by_time on quality_scores (evaluated_at);
  create table quality_streams (
    model text not null,
    workload text not null,
    version_id text not null,
    evaluator text not null,
    judge text not null,
    prompt text not null,
    state jsonb not null,
    is_suspicious boolean not null,
    must_restart boolean not null default false,
    updated_at timestamptz not null,
    primary key (model, workload, version_id, evaluator, judge, prompt)
  );
  create table quality_incidents (
    alert_id text primary key,
    name text not null,
    model text not null,
    workload text not null,
    kind text not null,
    version_id text,
    evaluator text not null,
    judge text not null,
    prompt text not null,
    severity text not null,
    raised_at timestamptz not null,
    resolved_at timestamptz
  );
  create unique index quality_incidents_open on quality_incidents (name, model, workload) where resolved_at is null;
  insert into quality_incidents (alert_id, name, model, workload, kind, evaluator, judge, prompt, severity, raised_at)
    select alert_id, 'quality_' || evaluator || '_low', model, workload, 'low', evaluator, '', '', 'warning', raised_at from quality_alerts where resolved_at is null;
`;

const sampling = `
  create table sampling_counts (
    model text not null,
    workload text not null,
    version_id text not null,
    arm text not null,
    bucket timestamptz not null,
    requests bigint not null,
    primary key (model, workload, version_id, arm, bucket)
  );
  create index sampling_counts_by_time on sampling_counts (bucket);
  create table sampling_rates (
    model text not null,
    workload text not null,
    version_id text not null,
    arm text not null,
    first_seen_at timestamptz not null,
    per_hour double precision not null,
    rate double precision not null,
    boosts jsonb not null,
    updated_at timestamptz not null,
    primary key (model, workload, version_id, arm)
  );
`;

const judges = `
  -- The text of what waits for a judge; gone once it is judged.
  create table judge_queue (
    interaction_id text primary key,
    task text not null,
    enqueued_at timestamptz not null default now()
  );
  create index judge_queue_by_time on judge_queue (enqueued_at);
  create table judge_spend (
    hour timestamptz not null,
    judge text not null,
    calls bigint not null,
    unparsable bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_usd double precision not null,
    primary key (hour, judge)
  );
  create table quality_labels (
    feedback_id text not null,
    interaction_id text not null,
    -- An evaluator's name, or 'overall'.
    aspect text not null,
    source text not null,
    is_good boolean not null,
    given_at timestamptz not null,
    primary key (feedback_id, aspect)
  );
  create index quality_labels_by_interaction on quality_labels (interaction_id);
  create index quality_labels_by_time on quality_labels (given_at);
  create table quality_agreement (
    evaluator text not null,
    judge text not null,
    prompt text not null,
    labels integer not null,
    kappa double precision,
    lower double precision,
    upper double precision,
    observed double precision,
    computed_at timestamptz not null,
    logged_at timestamptz,
    primary key (evaluator, judge, prompt)
  );
`;

export class Evaluator0002 extends ForwardMigration {
  readonly name = 'Evaluator1763900000002';
  protected readonly statements = [scores, sampling, judges];
}
