import { ForwardMigration } from '@ratchet/persistence';

/** Checks of the judge: a champion judged against itself. */
export class AaChecks0005 extends ForwardMigration {
  readonly name = 'AaChecks1764000000005';
  protected readonly statements = [`
      create table aa_checks (
        check_id text primary key,
        model text not null,
        workload text not null,
        version_id text not null,
        trigger text not null,
        outcome text not null,
        scored integer not null,
        faults integer not null,
        findings jsonb not null,
        message text not null,
        started_at timestamptz not null,
        finished_at timestamptz not null,
        alert_id text unique,
        alert_resolved_at timestamptz
      );
      create index aa_checks_by_target on aa_checks (model, workload, finished_at desc);
      create unique index aa_checks_open_alert on aa_checks (model, workload) where alert_id is not null and alert_resolved_at is null;
    `];
}
