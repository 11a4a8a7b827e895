import { ForwardMigration } from '@ratchet/persistence';

export class Home0015 extends ForwardMigration {
  readonly name = 'Home1760000000015';
  protected readonly statements = [`
      create table vitals_by_time (
        model text not null,
        workload text not null,
        grain_seconds int not null,
        starts_at timestamptz not null,
        version text not null,
        requests bigint not null,
        errors bigint not null,
        outcomes bigint not null,
        failures bigint not null,
        primary key (model, workload, grain_seconds, starts_at, version)
      );
      create index vitals_by_time_by_age on vitals_by_time (grain_seconds, starts_at);
      create index decisions_of_kind on decisions (kind, happened_at desc);
      create index rollout_transitions_of_kind on rollout_transitions (kind, happened_at desc) where kind <> 'advanced';
      create index opportunities_for_person on opportunities (seen_at) where closed is null and (body #>> '{diagnosis,needsPerson}') = 'true';
      create index review_items_waiting on review_items (changed_at) where state = 'waiting';
      create index cycles_open on cycles (state, started_at) where ended_at is null;
    `];
}
