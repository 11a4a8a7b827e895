import { ForwardMigration } from '@ratchet/persistence';

/** Who was erased, by hash, so that what comes late is not kept; and whose late evidence it is. */
export class Erasures0005 extends ForwardMigration {
  readonly name = 'Erasures0000000000105';
  protected readonly statements = [`
      create table erasures (erasure_id text primary key, model text not null, workload text not null, user_hash text not null, erased_at timestamptz not null);
      create index erasures_by_user on erasures (user_hash);
      alter table late_evidence add column user_hash text;
      create index late_evidence_by_user on late_evidence (user_hash) where user_hash is not null;
      create index failures_by_user on failures (user_id) where user_id is not null;
    `];
}
