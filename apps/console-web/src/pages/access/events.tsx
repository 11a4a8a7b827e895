import { Table, Title } from '@mantine/core';
import type { AccessEventFacts } from '@ratchet/console-api';
import { usePages } from '../../components/use-pages';
import { When } from '../../components/when';
import { eventWords } from './event-words';
import { List } from './list';

const reasonIn = ({ kind, body }: AccessEventFacts): string => (kind !== 'sign_in_refused' && typeof body['reason'] === 'string' ? body['reason'] : '');

/** Who came, who was turned away, and whose rights changed; for admins. */
export const Events = () => {
  const list = usePages<AccessEventFacts>(['access', 'events'], '/api/access/events', {}, 'before');
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        What happened
      </Title>
      <List
        label="What happened"
        of={list}
        headers={['When', 'Who', 'What', 'Reason', 'From']}
        empty="Nothing yet."
        row={(event) => (
          <Table.Tr key={event.eventId}>
            <Table.Td><When at={event.happenedAt} /></Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{event.name ?? '–'}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{eventWords(event)}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{reasonIn(event)}</Table.Td>
            <Table.Td>{event.address ?? '–'}</Table.Td>
          </Table.Tr>
        )}
      />
    </section>
  );
};
