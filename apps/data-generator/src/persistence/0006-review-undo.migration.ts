import { ForwardMigration } from '@ratchet/persistence';

/** What a reviewer judges an item by, decisions that were taken back, and until when an approval can be. */
export class ReviewUndo0006 extends ForwardMigration {
  readonly name = 'ReviewUndo0000000000106';
  protected readonly statements = [
    `alter table review_items
       add column origin jsonb not null default '{}',
       add column withdrawn jsonb not null default '[]',
       -- No run takes an approval up before; null once it may.
       add column undo_until timestamptz`,
    'create index review_items_undo on review_items (undo_until) where undo_until is not null',
    'create index review_items_by_approved on review_items (approved_example_id) where approved_example_id is not null',
  ];
}
