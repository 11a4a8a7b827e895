import { useInfiniteQuery } from '@tanstack/react-query';
import { read } from '../api/request';

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

type Filters = Readonly<Record<string, string | undefined>>;

/**
 * A list that is read page by page; `key` begins with the area whose changes make it read anew.
 *
 * @param from the parameter that takes a page's `next`
 */
export const usePages = <Item>(key: readonly unknown[], path: string, filters: Filters = {}, from = 'after') =>
  useInfiniteQuery({
    queryKey: [...key, path, filters],
    queryFn: ({ pageParam }) => read<PageOf<Item>>(path, { ...filters, [from]: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
