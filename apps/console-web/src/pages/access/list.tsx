import { Alert, Button, Loader, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Nothing } from '../../components/nothing';

interface ListProps<Item> {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  readonly of: { readonly items: readonly Item[] | undefined; readonly query: { readonly error: Error | null; readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => unknown } };
  readonly headers: readonly string[];
  readonly empty: string;
  readonly row: (item: Item) => ReactNode;
}

/** A table of what a list has so far, and a button for more. It scrolls by itself where the screen is narrow. */
export const List = <Item,>({ label, of: { items, query }, headers, empty, row }: ListProps<Item>) => {
  if (!items) return query.error ? <Alert color="red" title="Cannot be read" role="alert">{query.error.message}</Alert> : <Loader size="sm" aria-label="Loading" />;
  if (items.length === 0) return <Nothing>{empty}</Nothing>;
  return (
    <>
      <div role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto' }}>
        <Table miw={760} verticalSpacing="xs" aria-label={label}>
          <Table.Thead>
            <Table.Tr>{headers.map((header) => <Table.Th key={header} scope="col">{header}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>{items.map(row)}</Table.Tbody>
        </Table>
      </div>
      {query.hasNextPage && <Button variant="default" mt="sm" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>Show more</Button>}
    </>
  );
};
