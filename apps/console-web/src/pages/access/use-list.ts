import { useInfiniteQuery } from '@tanstack/react-query';
import { read } from '../../api/request';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

interface Asked {
  /** Key of the query; begins with the area. */
  readonly key: readonly string[];
  readonly path: string;
  /** Name of the parameter that takes a page's `next`. */
  readonly from: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A list that is read page by page. */
export const useList = <Item>({ key, path, from, parameters = {} }: Asked) => {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read<Page<Item>>(path, { ...parameters, [from]: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  return { query, items: query.data?.pages.flatMap(({ items }) => items) };
};
