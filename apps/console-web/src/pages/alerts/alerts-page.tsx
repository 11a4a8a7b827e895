import { Group, Select, Stack, TextInput, Title } from '@mantine/core';
import type { AlertShown } from '@ratchet/console-api';
import { useSearchParams } from 'react-router';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';
import { PageTitle } from '../../components/page-title';
import { AlertCard } from './alert-card';
import { ChannelList } from './channel-list';
import { DeliveryList } from './delivery-list';

const states = [{ value: 'open', label: 'Open' }, { value: 'past', label: 'Past' }, { value: 'all', label: 'All' }];

const Alerts = ({ filters }: { readonly filters: Readonly<Record<string, string | undefined>> }) => {
  const alerts = usePages<AlertShown>(['alerts', 'list'], '/api/alerts', { ...filters, limit: '30' }, 'next');
  return (
    <PageList of={alerts} empty="No alert is like this." more="Older ones">
      {(items) => (
        <Stack>
          {items.map((alert) => (
            <AlertCard key={alert.alertId} alert={alert} />
          ))}
        </Stack>
      )}
    </PageList>
  );
};

const AlertsPage = () => {
  const [parameters, setParameters] = useSearchParams({ state: 'open' });
  const set = (name: string, value: string | null) =>
    setParameters((known) => {
      const next = new URLSearchParams(known);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  const filters = { state: parameters.get('state') ?? 'open', severity: parameters.get('severity') ?? undefined, workload: parameters.get('workload') ?? undefined };
  return (
    <Stack>
      <PageTitle title="Alerts" />
      <Group align="flex-end">
        <Select label="State" data={states} value={filters.state} allowDeselect={false} onChange={(value) => set('state', value)} w={130} />
        <Select label="Severity" data={['info', 'warning', 'critical']} value={filters.severity ?? null} placeholder="Any" clearable clearButtonProps={{ 'aria-label': 'Any severity' }} onChange={(value) => set('severity', value)} w={150} />
        <TextInput label="Workload" value={filters.workload ?? ''} maxLength={200} onChange={(event) => set('workload', event.currentTarget.value)} w={180} />
      </Group>
      <Alerts filters={filters} />
      <Title order={2} size="h3">
        Who is told
      </Title>
      <ChannelList />
      <Title order={2} size="h3">
        Messages
      </Title>
      <DeliveryList />
    </Stack>
  );
};
export default AlertsPage;
