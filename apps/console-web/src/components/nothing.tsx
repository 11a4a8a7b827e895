import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Stands where there is nothing to show, and says why. */
export const Nothing = ({ children }: { readonly children: ReactNode }) => (
  <Text c="dimmed" p="md">
    {children}
  </Text>
);
