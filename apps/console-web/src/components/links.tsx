import { Anchor, Text } from '@mantine/core';
import { Fragment } from 'react';
import { Link } from 'react-router';

const SHOWN_MAX = 20;

/** Links to things by their ids; of many, the first ones and how many more there are. */
export const Links = ({ to, ids }: { readonly to: string; readonly ids: readonly string[] }) => {
  if (ids.length === 0) return <Text size="sm">none</Text>;
  return (
    <>
      {ids.slice(0, SHOWN_MAX).map((id, place) => (
        <Fragment key={id}>
          {place > 0 && ', '}
          <Anchor component={Link} to={`${to}/${encodeURIComponent(id)}`} size="sm" underline="always">
            {id}
          </Anchor>
        </Fragment>
      ))}
      {ids.length > SHOWN_MAX && ` and ${ids.length - SHOWN_MAX} more`}
    </>
  );
};
