import { ForwardMigration } from '@ratchet/persistence';

/** The chain of decisions, and what was published of both chains. What the record says is indexed from the record itself, so that it cannot say one thing and be found by another. */
export class Audit0012 extends ForwardMigration {
  readonly name = 'Audit1760000000012';
  protected readonly statements = [`
      create table decision_records (
        sequence bigint primary key,
        previous_hash text not null,
        hash text not null unique,
        record jsonb not null,
        recorded_at timestamptz not null,
        decision_id text generated always as (record ->> 'decision_id') stored unique,
        kind text generated always as (record ->> 'kind') stored,
        actor text generated always as (record ->> 'actor') stored,
        model text generated always as (record ->> 'model') stored,
        workload text generated always as (record ->> 'workload') stored,
        cycle_id text generated always as (record ->> 'cycle_id') stored
      );
      create index decision_records_by_kind on decision_records (kind, sequence desc);
      create index decision_records_by_actor on decision_records (actor, sequence desc);
      create index decision_records_by_target on decision_records (model, workload, sequence desc);
      create index decision_records_by_cycle on decision_records (cycle_id, sequence desc);
      create index decision_records_by_time on decision_records (recorded_at);
      create index audit_records_by_cycle on audit_records (cycle_id);
      create table audit_anchors (
        anchored_at timestamptz primary key,
        cycles_sequence bigint not null,
        cycles_hash text not null,
        decisions_sequence bigint not null,
        decisions_hash text not null
      );
      create trigger decision_records_are_append_only before update or delete or truncate on decision_records for each statement execute function refuse_audit_change();
      create trigger audit_anchors_are_append_only before update or delete or truncate on audit_anchors for each statement execute function refuse_audit_change();
    `];
}
