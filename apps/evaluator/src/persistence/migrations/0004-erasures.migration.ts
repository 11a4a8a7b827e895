import { ForwardMigration } from '@ratchet/persistence';

/** Who was erased, by hash, so that what comes late is not kept; and whose interaction was scored. */
export class Erasures0004 extends ForwardMigration {
  readonly name = 'Erasures1764000000004';
  protected readonly statements = [`
      create table erasures (erasure_id text primary key, model text not null, workload text not null, user_hash text not null, erased_at timestamptz not null);
      create index erasures_by_user on erasures (user_hash);
      alter table quality_evaluations add column user_hash text;
      create index quality_evaluations_by_user on quality_evaluations (user_hash) where user_hash is not null;
    `];
}
