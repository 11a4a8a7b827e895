import { ForwardMigration } from '@ratchet/persistence';

/** The newest word of each component on each target about what it spent and waits for. */
export class Budgets0004 extends ForwardMigration {
  readonly name = 'Budgets1760000000004';
  protected readonly statements = [`
      create table budgets (
        component text not null,
        model text not null,
        workload text not null,
        body jsonb not null,
        changed_at timestamptz not null,
        primary key (component, model, workload)
      )
    `];
}
