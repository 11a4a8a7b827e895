import { Button, Popover, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useCaller } from '../api/caller';
import { send } from '../api/request';

/** Who has signed in, and the way out. */
export const CallerMenu = () => {
  const { data: caller } = useCaller();
  const signOut = useMutation({
    mutationFn: () => send('DELETE', '/api/session'),
    // Loaded anew, so that nothing that was read stays in memory.
    onSuccess: () => window.location.assign('/'),
    onError: (error) => notifications.show({ color: 'red', title: 'Not signed out', message: error.message }),
  });
  if (!caller) return null;
  return (
    <Popover position="bottom-end" withinPortal={false} trapFocus>
      <Popover.Target>
        <Button variant="default" size="sm" maw={{ base: 150, sm: 260 }}>
          {caller.name} · {caller.role}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap="xs">
          <Button component={Link} to="/access" variant="default" size="sm">
            Access and tokens
          </Button>
          {caller.via === 'session' && (
            <Button variant="default" size="sm" loading={signOut.isPending} onClick={() => signOut.mutate()}>
              Sign out
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
};
