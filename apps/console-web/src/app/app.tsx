import { Center, Loader } from '@mantine/core';
import { Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { isSignedOut, useCaller } from '../api/caller';
import { useLive } from '../api/live';
import { ErrorBoundary } from '../components/error-boundary';
import { Nothing } from '../components/nothing';
import { SignInPage } from '../pages/access/sign-in-page';
import { pages } from '../pages/pages';
import { Shell } from './shell';

const Loading = () => (
  <Center p="xl">
    <Loader aria-label="Loading" />
  </Center>
);

/** All pages inside the frame that they share. */
export const App = () => {
  const { data: caller, isFetched, error } = useCaller();
  useLive();
  if (!isFetched) return <Loading />;
  // While it is asked anew who has signed in, there is no error for a moment: the sign-in stays, with what was typed.
  if (isSignedOut(error) || (!caller && !error)) return <SignInPage />;
  return (
    <Shell>
      <ErrorBoundary>
        <Suspense fallback={<Loading />}>
          <Routes>
            {pages.map(({ path, Page }) => (
              <Route key={path} path={path} element={<Page />} />
            ))}
            <Route path="/sign-in" element={<Navigate to="/" replace />} />
            <Route path="*" element={<Nothing>There is no such page.</Nothing>} />
          </Routes>
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
};
