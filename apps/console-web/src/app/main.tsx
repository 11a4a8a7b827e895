import '@mantine/core/styles.css';
import '@mantine/charts/styles.css';
import '@mantine/notifications/styles.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { isSignedOut } from '../api/caller';
import { Problem } from '../api/request';
import { styleNonce } from './style-nonce';
import { App } from './app';
import { cssVariables, theme } from './theme';

/** A session that ended is noticed by whatever is asked next: then the caller is asked for, and the sign-in shown. */
const onSignedOut = (error: Error, key: readonly unknown[] = []): void => {
  const hadSignedIn = queries.getQueryData(['access', 'caller']) !== undefined;
  if (hadSignedIn && isSignedOut(error) && key[1] !== 'caller') void queries.invalidateQueries({ queryKey: ['access', 'caller'] });
};

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => onSignedOut(error, queryKey) }),
  mutationCache: new MutationCache({ onError: (error) => onSignedOut(error) }),
  defaultOptions: {
    queries: {
      // The stream of changes says when to ask anew; this is for what it does not tell of.
      staleTime: 30_000,
      retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < 2,
    },
  },
});

// What locks scrolling behind a dialog adds a style element, and asks for the nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce} cssVariablesResolver={cssVariables}>
      <Notifications position="top-right" />
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
