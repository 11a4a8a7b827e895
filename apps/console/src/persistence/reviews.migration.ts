import { ForwardMigration } from '@ratchet/persistence';

/** What waits for reviewers, and what they decided, as the datasets topic tells it. */
export class Reviews0003 extends ForwardMigration {
  readonly name = 'Reviews1760000000003';
  protected readonly statements = [`
      create table review_items (
        example_id text primary key,
        model text not null,
        workload text not null,
        state text not null,
        body jsonb not null,
        changed_at timestamptz not null
      );
      create index review_items_by_state on review_items (state, model, workload, changed_at desc);
      create table erasures (
        erasure_id text not null,
        model text not null,
        workload text not null,
        body jsonb not null,
        completed_at timestamptz not null,
        primary key (erasure_id)
      );
    `];
}
