import { ForwardMigration } from '@ratchet/persistence';

export class TrainingRuns0005 extends ForwardMigration {
  readonly name = 'TrainingRuns1760000000005';
  protected readonly statements = [`
      -- Which trainer has the run; null until it was chosen.
      alter table cycles add column trainer text;
      -- What the back end must know again after a crash.
      alter table cycles add column run_memory jsonb not null default '{}';
      -- From the first try to start it; the time limit and the month's hours count from here.
      alter table cycles add column run_started_at timestamptz;
      alter table cycles add column run_begun boolean not null default false;
      alter table cycles add column run_ended_at timestamptz;
      alter table cycles add column run_cost_usd double precision;
      alter table cycles add column data_hash text;
      -- Who ordered the run to end, and why.
      alter table cycles add column cancelled_by text;
      update cycles set run_started_at = started_at, run_begun = true, trainer = 'provider' where state = 'training' and provider_job is not null;
      create index cycles_by_run on cycles (model, workload, run_started_at);
      -- The last words of runs: text of programs, which may repeat what users wrote.
      create table training_logs (
        cycle_id text primary key,
        model text not null,
        workload text not null,
        log text not null,
        kept_at timestamptz not null default now()
      );
      -- Targets that wait for the next month, so that it is told once.
      create table training_waits (
        model text not null,
        workload text not null,
        month text not null,
        primary key (model, workload)
      );
    `];
}
