import { Table, Text } from '@mantine/core';
import type { Lag } from '@ratchet/console-api';
import { Nothing } from '../../components/nothing';
import { stateOfService, wordsOfState } from './loop-facts';

/** What each service has not read yet. */
export const LagTable = ({ lag }: { readonly lag: Lag }) => {
  if (lag.readAt === null) return <Nothing>Kafka does not tell: its brokers did not answer.</Nothing>;
  return (
    <Table.ScrollContainer minWidth={340} type="native" tabIndex={0} role="region" aria-label="Lag of the services">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Service</Table.Th>
            <Table.Th scope="col">Unread records</Table.Th>
            <Table.Th scope="col">Readers</Table.Th>
            <Table.Th scope="col">State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lag.services.map(({ service, lag: unread, members, topics }) => (
            <Table.Tr key={service}>
              <Table.Th scope="row">{service}</Table.Th>
              <Table.Td>
                {unread.toLocaleString('en')}
                {unread > 0 && <Text size="xs">{topics.filter((topic) => topic.lag > 0).map((topic) => `${topic.topic}: ${topic.lag.toLocaleString('en')}`).join(', ')}</Text>}
              </Table.Td>
              <Table.Td>{members}</Table.Td>
              <Table.Td>{wordsOfState[stateOfService(lag, service)]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
};
