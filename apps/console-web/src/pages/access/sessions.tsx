import { Button, Table, Title } from '@mantine/core';
import type { SessionFacts } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/request';
import { When } from '../../components/when';
import { List } from './list';
import { useChange } from './use-change';

/** Where one is signed in. */
export const Sessions = () => {
  const change = useChange();
  const query = useQuery({ queryKey: ['access', 'sessions'], queryFn: () => read<{ items: SessionFacts[] }>('/api/access/sessions') });
  const list = { items: query.data?.items, query: { error: query.error, hasNextPage: false, isFetchingNextPage: false, fetchNextPage: () => undefined } };
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        My sessions
      </Title>
      <List
        label="My sessions"
        of={list}
        headers={['Browser', 'Address', 'Since', 'Last seen', 'Ends', 'Actions']}
        empty="There is no session: you came with a token."
        row={({ sessionId, agent, address, createdAt, seenAt, endsAt, isThis }) => (
          <Table.Tr key={sessionId}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{agent || 'Unknown'}</Table.Td>
            <Table.Td>{address}</Table.Td>
            <Table.Td><When at={createdAt} /></Table.Td>
            <Table.Td><When at={seenAt} /></Table.Td>
            <Table.Td><When at={endsAt} /></Table.Td>
            <Table.Td>
              {isThis ? 'This one' : (
                <Button size="xs" variant="default" onClick={() => change.mutate({ method: 'DELETE', path: `/api/access/sessions/${sessionId}` })} aria-label={`End the session from ${address} of ${createdAt}`}>
                  End
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        )}
      />
    </section>
  );
};
