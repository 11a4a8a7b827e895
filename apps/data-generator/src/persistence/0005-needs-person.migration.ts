import { ForwardMigration } from '@ratchet/persistence';

export class NeedsPerson0005 extends ForwardMigration {
  readonly name = 'NeedsPerson0000000000105';
  protected readonly statements = ['alter table opportunities add column needs_person boolean not null default false'];
}
