import { Anchor, Button, Card, Group, Text } from '@mantine/core';
import { alertGuide, type AlertShown } from '@ratchet/console-api';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../api/caller';
import { send } from '../../api/request';
import { ReasonDialog } from '../../components/reason-dialog';
import { When } from '../../components/when';
import { SeverityBadge } from '../../components/severity-badge';

const Acknowledge = ({ alert }: { readonly alert: AlertShown }) => {
  const [opened, setOpened] = useState(false);
  const queries = useQueryClient();
  const order = useMutation({
    mutationFn: (reason: string) => send('POST', `/api/alerts/${encodeURIComponent(alert.alertId)}/acknowledgement`, { reason }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not done', message: error.message }),
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        Acknowledge
      </Button>
      <ReasonDialog opened={opened} title={`Acknowledge ${alert.name}`} explanation="It tells the others that you have seen it. It does not resolve the alert." confirm="Acknowledge" onClose={() => setOpened(false)} onConfirm={(reason) => order.mutate(reason)} />
    </>
  );
};

/** One alert: since when, what it means and what to do. */
export const AlertCard = ({ alert }: { readonly alert: AlertShown }) => {
  const mayAcknowledge = useMay('operator');
  const guide = alertGuide(alert.name);
  return (
    <Card withBorder component="article" aria-label={`${alert.severity}: ${alert.name}`}>
      <Group justify="space-between" align="flex-start">
        <Group gap="xs">
          <SeverityBadge severity={alert.severity} />
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {alert.name}
          </Text>
          <Text size="sm">{alert.workload}</Text>
        </Group>
        {mayAcknowledge && alert.state === 'open' && !alert.acknowledged && <Acknowledge alert={alert} />}
      </Group>
      <Text mt="xs" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {alert.message}
      </Text>
      <Text size="sm" mt="xs">
        {alert.state === 'open' ? 'Open since ' : alert.state === 'happened' ? 'Happened ' : 'From '}
        <When at={alert.raisedAt} />
        {alert.resolvedAt && (
          <>
            {' to '}
            <When at={alert.resolvedAt} />
          </>
        )}
        {'. '}
        {guide.means} <strong>What to do:</strong> {guide.todo} <Anchor component={Link} to={guide.page} size="sm" underline="always">{`Look at ${guide.page}`}</Anchor> ({guide.document})
      </Text>
      {alert.acknowledged && (
        <Text size="sm" mt="xs" style={{ overflowWrap: 'anywhere' }}>
          Seen by {alert.acknowledged.by} on <When at={alert.acknowledged.at} />: {alert.acknowledged.reason}
        </Text>
      )}
    </Card>
  );
};
