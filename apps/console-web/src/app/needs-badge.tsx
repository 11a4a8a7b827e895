import { Badge } from '@mantine/core';
import type { Home } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { homeQuery } from '../api/home';

const count = ({ needs }: Home): number => needs.length;

/** How many things wait for a person. */
export const NeedsBadge = () => {
  const { data } = useQuery({ ...homeQuery, select: count });
  if (!data) return null;
  return (
    <Badge circle={data < 100} color="red.8" size="lg" variant="filled" aria-label={data === 1 ? '1 thing needs a person' : `${data} things need a person`} role="img">
      {data}
    </Badge>
  );
};
