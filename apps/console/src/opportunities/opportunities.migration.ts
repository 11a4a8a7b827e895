import { ForwardMigration } from '@ratchet/persistence';

export class Opportunities0016 extends ForwardMigration {
  readonly name = 'Opportunities1760000000016';
  protected readonly statements = [`
      create index opportunities_by_priority on opportunities (priority desc, opportunity_id desc) where closed is null;
      create index opportunities_of_target on opportunities (model, workload, priority desc, opportunity_id desc) where closed is null;
      create index opportunities_closed on opportunities (seen_at desc, opportunity_id desc) where closed is not null;
      create index datasets_by_opportunity on datasets using gin ((body->'opportunityIds'));
      create index cycles_by_opportunity on cycles using gin ((facts #> '{started,opportunityIds}'));
    `];
}
