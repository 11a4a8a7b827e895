import { Button, Table } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { DeliveryShown } from '@ratchet/console-api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay } from '../../api/caller';
import { read, send } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';

const words = { waiting: '… waits', delivered: '✓ delivered', gave_up: '✖ given up', withdrawn: '– withdrawn' } as const;

const AgainButton = ({ delivery }: { readonly delivery: DeliveryShown }) => {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => send('POST', `/api/alert-deliveries/${delivery.deliveryId}/again`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not done', message: error.message }),
  });
  return (
    <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()} aria-label={`Send ${delivery.deliveryId} again`}>
      Send again
    </Button>
  );
};

const DeliveryRow = ({ delivery }: { readonly delivery: DeliveryShown }) => {
  const maySend = useMay('operator');
  const { receiver, type, state, attempts, createdAt, status, error, response } = delivery;
  return (
    <Table.Tr>
      <Table.Td>
        <When at={createdAt} />
      </Table.Td>
      <Table.Td>{receiver.replace(/^channel:/u, '')}</Table.Td>
      <Table.Td>{type}</Table.Td>
      <Table.Td>{words[state]}</Table.Td>
      <Table.Td>{attempts}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{[status, error, response].filter((part) => part !== null).join(', ')}</Table.Td>
      <Table.Td>{maySend && state === 'gave_up' && <AgainButton delivery={delivery} />}</Table.Td>
    </Table.Tr>
  );
};

/** The newest messages and what came of them. */
export const DeliveryList = () => {
  const deliveries = useQuery({ queryKey: ['alerts', 'deliveries'], queryFn: () => read<{ items: DeliveryShown[] }>('/api/alert-deliveries', { limit: 20 }), refetchInterval: 15_000 });
  return (
    <Answer of={deliveries}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No message was sent in the last 30 days.</Nothing>
        ) : (
          <ScrollTable label="Messages" minWidth={700} titles={['When', 'To', 'Of', 'State', 'Attempts', 'Answer', 'Order']}>
            {items.map((delivery) => (
              <DeliveryRow key={delivery.deliveryId} delivery={delivery} />
            ))}
          </ScrollTable>
        )
      }
    </Answer>
  );
};
