import { ForwardMigration } from '@ratchet/persistence';

/** Examples are counted by source and state, again and again: from the index alone, not from rows with their texts. */
export class ExampleCounts0007 extends ForwardMigration {
  readonly name = 'ExampleCounts0000000000107';
  protected readonly statements = ['create index issued_examples_by_source on issued_examples (source)', 'create index review_items_by_source on review_items (source, state)'];
}
