import { Alert, Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { Nothing } from './nothing';
import type { usePages } from './use-pages';

interface PageListProps<Item> {
  readonly of: ReturnType<typeof usePages<Item>>;
  /** Said where there is no item. */
  readonly empty: string;
  /** Words of the button for the next page. */
  readonly more?: string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** All pages that were read so far, and a button for the next one. */
export const PageList = <Item,>({ of, empty, more = 'Show more', children }: PageListProps<Item>) => {
  if (of.error && !of.data) {
    return (
      <Alert color="red" title="Cannot be read" role="alert">
        {of.error.message}
      </Alert>
    );
  }
  if (!of.data) return <Loader size="sm" aria-label="Loading" />;
  const items = of.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Nothing>{empty}</Nothing>;
  return (
    <>
      {children(items)}
      {of.hasNextPage && (
        <Button mt="sm" variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
          {more}
        </Button>
      )}
    </>
  );
};
