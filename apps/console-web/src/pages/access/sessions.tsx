import { Button, Table, Title } from '@mantine/core';
import type { SessionFacts } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { useChange } from './use-change';

/** Where one is signed in. */
export const Sessions = () => {
  const change = useChange();
  const query = useQuery({ queryKey: ['access', 'sessions'], queryFn: () => read<{ items: SessionFacts[] }>('/api/access/sessions') });
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        My sessions
      </Title>
      <Answer of={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>There is no session: you came with a token.</Nothing>
          ) : (
            <ScrollTable label="My sessions" minWidth={760} verticalSpacing="xs" aria-label="My sessions" titles={['Browser', 'Address', 'Since', 'Last seen', 'Ends', 'Actions']}>
              {items.map(({ sessionId, agent, address, createdAt, seenAt, endsAt, isThis }) => (
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
              ))}
            </ScrollTable>
          )
        }
      </Answer>
    </section>
  );
};
