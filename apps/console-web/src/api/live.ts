import { areaSchema, type Rates, ratesSchema } from '@ratchet/console-api';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCaller } from './caller';

/** The home page is made of all parts, so it is asked for at most this often. */
const HOME_EVERY_MS = 1_000;
const ratesKey = ['live', 'rates'] as const;

/** Events a second, as the stream tells them; undefined until it does. */
export const useRates = (): Rates | undefined => useQuery<Rates>({ queryKey: ratesKey, queryFn: skipToken }).data;

/** Asks anew for what is shown of a part (the first word of the query's key) when the part has changed, and for everything after the stream was away. */
export const useLive = (): void => {
  const queries = useQueryClient();
  const { data: caller } = useCaller();
  const name = caller?.name;
  useEffect(() => {
    if (name === undefined) return undefined;
    const source = new EventSource('/api/live');
    let wasAway = false;
    let home: ReturnType<typeof setTimeout> | undefined;
    const refreshHome = () => {
      home ??= setTimeout(() => {
        home = undefined;
        void queries.invalidateQueries({ queryKey: ['home'] });
      }, HOME_EVERY_MS);
    };
    source.addEventListener('open', () => {
      if (wasAway) void queries.invalidateQueries();
      wasAway = false;
    });
    source.addEventListener('error', () => {
      wasAway = true;
    });
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      for (const area of areaSchema.array().catch([]).parse(JSON.parse(data))) void queries.invalidateQueries({ queryKey: [area] });
      refreshHome();
    });
    source.addEventListener('rates', ({ data }: MessageEvent<string>) => {
      const rates = ratesSchema.safeParse(JSON.parse(data));
      if (rates.success) queries.setQueryData(ratesKey, rates.data);
    });
    return () => {
      source.close();
      clearTimeout(home);
    };
  }, [queries, name]);
};
