import { type Area, areaSchema, type Rates, ratesSchema } from '@ratchet/console-api';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCaller } from './caller';
import { oneAtATime } from './one-at-a-time';
import { paced } from './paced';

/** The home page is made of all parts, so it is asked for at most this often. */
const HOME_EVERY_MS = 1_000;
/** Vitals come with every batch, and what is drawn of them has points minutes wide. */
const VITALS_EVERY_MS = 2_000;
const ratesKey = ['live', 'rates'] as const;
const connectedKey = ['live', 'connected'] as const;

/** Events a second, as the stream tells them; undefined until it does. */
export const useRates = (): Rates | undefined => useQuery<Rates>({ queryKey: ratesKey, queryFn: skipToken }).data;

/** Whether changes are heard of; undefined until that is known. */
export const useConnected = (): boolean | undefined => useQuery<boolean>({ queryKey: connectedKey, queryFn: skipToken }).data;

/** Asks anew for what is shown of a part (the first word of the query's key) when the part has changed, and for everything after the stream was away. */
export const useLive = (): void => {
  const queries = useQueryClient();
  const { data: caller } = useCaller();
  const name = caller?.name;
  useEffect(() => {
    if (name === undefined) return undefined;
    const source = new EventSource('/api/live');
    let wasAway = false;
    const home = paced(HOME_EVERY_MS, () => void queries.invalidateQueries({ queryKey: ['home'] }));
    const vitals = paced(VITALS_EVERY_MS, () => void queries.invalidateQueries({ queryKey: ['vitals'] }));
    const refreshes = new Map<Area, () => void>();
    const refresh = (area: Area): void => {
      const known = refreshes.get(area) ?? oneAtATime(() => queries.invalidateQueries({ queryKey: [area] }));
      refreshes.set(area, known);
      known();
    };
    source.addEventListener('open', () => {
      if (wasAway) void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'live' });
      wasAway = false;
      queries.setQueryData(connectedKey, true);
    });
    source.addEventListener('error', () => {
      wasAway = true;
      queries.setQueryData(connectedKey, false);
      void queries.resetQueries({ queryKey: ratesKey });
    });
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const areas = areaSchema.array().catch([]).parse(JSON.parse(data));
      if (areas.includes('vitals')) vitals.ask();
      const others = areas.filter((area) => area !== 'vitals');
      for (const area of others) refresh(area);
      if (others.length > 0) home.ask();
    });
    source.addEventListener('rates', ({ data }: MessageEvent<string>) => {
      const rates = ratesSchema.safeParse(JSON.parse(data));
      if (rates.success) queries.setQueryData(ratesKey, rates.data);
    });
    return () => {
      source.close();
      home.cancel();
      vitals.cancel();
    };
  }, [queries, name]);
};
