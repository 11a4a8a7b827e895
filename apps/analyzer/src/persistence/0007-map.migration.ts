import { ForwardMigration } from '@ratchet/persistence';

export class Map0007 extends ForwardMigration {
  readonly name = 'Map0000000000107';
  protected readonly statements = ['alter table opportunities add column position jsonb'];
}
