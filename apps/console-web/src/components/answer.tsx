import { Alert, Loader } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** What a query gave, or why it gave nothing. */
export const Answer = <T,>({ of, children }: { readonly of: UseQueryResult<T>; readonly children: (data: T) => ReactNode }) => {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) {
    return (
      <Alert color="red" title="Cannot be read" role="alert">
        {of.error.message}
      </Alert>
    );
  }
  return <Loader size="sm" aria-label="Loading" />;
};
