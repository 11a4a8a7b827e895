import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import type { SignInMethods } from '@ratchet/console-api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { read, send } from '../../api/request';

const problems: Readonly<Record<string, string>> = {
  late: 'The sign-in took too long, or began in another browser. Try again.',
  role: 'You have no role here. Ask who runs Ratchet to give you one at the sign-in provider.',
  provider: 'The sign-in provider’s answer does not hold. Try again; the console’s log says more.',
};

const useSignIn = () => {
  const queries = useQueryClient();
  return useMutation({ mutationFn: (token: string) => send('POST', '/api/session', { token }), onSuccess: () => queries.resetQueries() });
};

const TokenForm = () => {
  const [token, setToken] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate(token.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput label="Token" description="The one that was printed when the console started for the first time, or an API token." required autoComplete="current-password" maxLength={500} visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }} value={token} onChange={(event) => setToken(event.currentTarget.value)} error={signIn.error?.message} />
        <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ''}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
};

/** Stands in the place of every page until somebody has signed in. */
export const SignInPage = () => {
  const { pathname, search } = useLocation();
  const [parameters] = useSearchParams();
  const methods = useQuery({ queryKey: ['sign-in'], queryFn: () => read<SignInMethods>('/api/sign-in') });
  useEffect(() => {
    document.title = 'Sign in · Ratchet';
  }, []);
  const problem = pathname === '/sign-in' ? problems[parameters.get('problem') ?? ''] : undefined;
  const to = pathname === '/sign-in' ? '/' : `${pathname}${search}`;
  const provider = methods.data?.provider;
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w={420} maw="100%">
        <Stack>
          <Title order={1} size="h3">
            Sign in to Ratchet
          </Title>
          {problem !== undefined && (
            <Alert color="red" title="Not signed in" role="alert">
              {problem}
            </Alert>
          )}
          {provider && (
            <>
              <Button component="a" href={`/api/sign-in/provider?to=${encodeURIComponent(to)}`}>
                Sign in at {provider}
              </Button>
              <Divider label="or" />
            </>
          )}
          <TokenForm />
          <Text size="sm" c="dimmed">
            The session ends by itself; the token is not kept in this browser.
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
};
