import type { ReactNode } from 'react';
import { PageList } from '../../components/page-list';
import { ScrollTable } from '../../components/scroll-table';
import type { usePages } from '../../components/use-pages';

interface ListProps<Item> {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  readonly of: ReturnType<typeof usePages<Item>>;
  readonly headers: readonly string[];
  readonly empty: string;
  readonly row: (item: Item) => ReactNode;
}

/** A table of what a list has so far, and a button for more. */
export const List = <Item,>({ label, of, headers, empty, row }: ListProps<Item>) => (
  <PageList of={of} empty={empty}>
    {(items) => (
      <ScrollTable label={label} minWidth={760} verticalSpacing="xs" aria-label={label} titles={headers}>
        {items.map(row)}
      </ScrollTable>
    )}
  </PageList>
);
