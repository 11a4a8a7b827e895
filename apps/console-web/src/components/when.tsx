import { Text } from '@mantine/core';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment in the reader's own time zone; the exact one on hovering. */
export const When = ({ at }: { readonly at: string | null | undefined }) => {
  if (!at) return <Text span>–</Text>;
  return (
    <time dateTime={at} title={at}>
      {format.format(new Date(at))}
    </time>
  );
};
