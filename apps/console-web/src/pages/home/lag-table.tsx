import { Table, Text } from '@mantine/core';
import { Fragment } from 'react';
import type { Lag } from '@ratchet/console-api';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { marks, stateOfService, wordsOfState } from './loop-facts';

type ServiceLag = Lag['services'][number];

const shown = (n: number): string => n.toLocaleString('en');
const detailOf = ({ lag, earlierLag, topics }: ServiceLag): string =>
  [...topics.filter((topic) => topic.lag > 0).map((topic) => `${topic.topic}: ${shown(topic.lag)}`), ...(lag !== null && earlierLag !== null && lag > earlierLag ? [`${shown(earlierLag)} up to a minute ago`] : [])].join(', ');

/** Names of topics are long, and may go on in the next line behind a dot. */
const BrokenAtDots = ({ text }: { readonly text: string }) =>
  text.split(/(?<=\.)/).map((part, at) => (
    <Fragment key={at}>
      {part}
      <wbr />
    </Fragment>
  ));

const Unread = ({ of }: { readonly of: ServiceLag }) => {
  if (of.reads === 'table') return <Text size="sm">keeps no position</Text>;
  if (of.reads === 'nothing') return <Text size="sm">reads no topic</Text>;
  if (of.lag === null) return <Text size="sm">nothing read yet</Text>;
  return (
    <>
      {shown(of.lag)}
      {of.lag > 0 && (
        <Text size="xs">
          <BrokenAtDots text={detailOf(of)} />
        </Text>
      )}
    </>
  );
};

/** What each service has not read yet. */
export const LagTable = ({ lag }: { readonly lag: Lag }) => {
  if (lag.readAt === null) return <Nothing>Kafka does not tell: its brokers did not answer.</Nothing>;
  return (
    <ScrollTable horizontalSpacing={6} label="Unread records by service" minWidth={340} titles={['Service', 'Unread records', 'State']}>
      {lag.services.map((one) => {
        const state = stateOfService(lag, one.service);
        return (
          <Table.Tr key={one.service}>
            <Table.Th scope="row">{one.service}</Table.Th>
            <Table.Td>
              <Unread of={one} />
            </Table.Td>
            <Table.Td fw={state === 'absent' || state === 'growing' ? 700 : 400} style={{ whiteSpace: 'nowrap' }}>
              {one.reads === 'group' ? `${marks[state]} ${wordsOfState[state]}` : '–'}
              {one.members > 1 && <Text size="xs">{one.members} readers</Text>}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
};
