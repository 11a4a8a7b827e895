import { Group, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

/** A page's heading, and the title of the window. */
export const PageTitle = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => {
  useEffect(() => {
    document.title = `${title} · Ratchet`;
  }, [title]);
  return (
    <Group justify="space-between" mb="md">
      <Title order={1} size="h2">
        {title}
      </Title>
      {children}
    </Group>
  );
};
