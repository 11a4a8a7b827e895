import { Alert, Button, Group, Table, Text } from '@mantine/core';
import type { ChannelShown, TestResult } from '@ratchet/console-api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller';
import { read, send } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';

const sayResult = ({ ok, status, error, response }: TestResult): string => (ok ? `It arrived${status === null ? '' : ` (${status})`}.` : `It did not arrive: ${[error ?? status, response].filter(Boolean).join(', ')}.`);

const TestButton = ({ channel }: { readonly channel: ChannelShown }) => {
  const test = useMutation({ mutationFn: () => send<TestResult>('POST', `/api/alert-channels/${channel.type}/${encodeURIComponent(channel.name)}/test`, {}) });
  const result = test.error ? test.error.message : test.data && sayResult(test.data);
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()} aria-label={`Send a test to ${channel.name}`}>
        Send a test
      </Button>
      <Text size="sm" role="status">
        {result}
      </Text>
    </Group>
  );
};

const standingOf = ({ ended, waiting }: ChannelShown): string => (ended ? 'Wants nothing more at this address' : waiting === 0 ? 'Nothing waits' : `${waiting} wait`);

const ChannelRow = ({ channel }: { readonly channel: ChannelShown }) => {
  const mayTest = useMay('admin');
  return (
    <Table.Tr>
      <Table.Th scope="row">{channel.name}</Table.Th>
      <Table.Td>{channel.type}</Table.Td>
      <Table.Td>{channel.where}</Table.Td>
      <Table.Td>{channel.severities.join(', ')}</Table.Td>
      <Table.Td>{channel.workloads?.join(', ') ?? 'all'}</Table.Td>
      <Table.Td>
        {channel.failingSince ? (
          <Alert color="red" p="xs" title="Fails">
            since <When at={channel.failingSince} />
          </Alert>
        ) : (
          standingOf(channel)
        )}
      </Table.Td>
      <Table.Td>{mayTest && <TestButton channel={channel} />}</Table.Td>
    </Table.Tr>
  );
};

/** Who is told of alerts. */
export const ChannelList = () => {
  const channels = useQuery({ queryKey: ['alerts', 'channels'], queryFn: () => read<{ items: ChannelShown[] }>('/api/alert-channels') });
  return (
    <Answer of={channels}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>Nobody is told of alerts: set ALERT_CHANNELS or WEBHOOKS (docs/operating/alerts.md).</Nothing>
        ) : (
          <ScrollTable label="Channels" minWidth={700} titles={['Name', 'Type', 'Where', 'Severities', 'Workloads', 'State', 'Test']}>
            {items.map((channel) => (
              <ChannelRow key={`${channel.type}:${channel.name}`} channel={channel} />
            ))}
          </ScrollTable>
        )
      }
    </Answer>
  );
};
