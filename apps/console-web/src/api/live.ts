import { areaSchema } from '@ratchet/console-api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCaller } from './caller';

/** Asks anew for what is shown of a part (the first word of the query's key) when the part has changed, and for everything after the stream was away. */
export const useLive = (): void => {
  const queries = useQueryClient();
  const { data: caller } = useCaller();
  const name = caller?.name;
  useEffect(() => {
    if (name === undefined) return undefined;
    const source = new EventSource('/api/live');
    let wasAway = false;
    source.addEventListener('open', () => {
      if (wasAway) void queries.invalidateQueries();
      wasAway = false;
    });
    source.addEventListener('error', () => {
      wasAway = true;
    });
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      for (const area of areaSchema.array().catch([]).parse(JSON.parse(data))) void queries.invalidateQueries({ queryKey: [area] });
    });
    return () => source.close();
  }, [queries, name]);
};
