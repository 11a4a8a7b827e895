import { ForwardMigration } from '@ratchet/persistence';

export class TrainingRecipes0002 extends ForwardMigration {
  readonly name = 'TrainingRecipes1760000000002';
  protected readonly statements = [`
      -- As the dataset asks; null: as configured here.
      alter table datasets add column training jsonb;
      alter table datasets add column strategy_ids jsonb not null default '[]';
      alter table cycles add column training_config jsonb;
      -- When a cycle first took it. Data that waits because another recipe went first is still new.
      alter table examples add column tried_at timestamptz;
      update examples e set tried_at = now() from targets t where e.model = t.model and e.workload = t.workload and e.added_at <= t.last_cycle_at;
    `];
}
