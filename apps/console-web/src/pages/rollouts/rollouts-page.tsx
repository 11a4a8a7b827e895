import { Alert, Anchor, Badge, Button, Group, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import type { Automation, RolloutSummary } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '../../api/caller';
import { useCommand } from '../../api/command';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';
import { PageTitle } from '../../components/page-title';
import { ReasonDialog } from '../../components/reason-dialog';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { automationButton } from './buttons';
import { FateOfOrder, OrderButtons } from './order-buttons';
import { stateColor, stateInWords } from './words';

interface Filters {
  readonly model: string;
  readonly workload: string;
}

interface Page {
  readonly items: RolloutSummary[];
  readonly next: string | null;
}

const pathOf = ({ rolloutId }: RolloutSummary): string => `/rollouts/${encodeURIComponent(rolloutId)}`;

const Current = ({ filters }: { readonly filters: Filters }) => {
  const open = useQuery({ queryKey: ['rollouts', 'open', filters], queryFn: () => read<Page>('/api/rollouts', { is: 'open', limit: 200, ...filters }) });
  const byTarget = (items: readonly RolloutSummary[]): RolloutSummary[] => items.toSorted((a, b) => `${a.model}/${a.workload}`.localeCompare(`${b.model}/${b.workload}`) || b.stage - a.stage);
  return (
    <Answer of={open}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No rollout is under way.</Nothing>
        ) : (
          <Stack component="ul" p={0} m={0} gap="xs" style={{ listStyle: 'none' }}>
            {byTarget(items).map((rollout) => (
              <Paper component="li" key={rollout.rolloutId} withBorder p="sm">
                <Group justify="space-between">
                  <Anchor component={Link} to={pathOf(rollout)} fw={600}>
                    {rollout.model} / {rollout.workload}: {rollout.version}
                  </Anchor>
                  <Badge color={stateColor(rollout.state)} tt="none" autoContrast>
                    {rollout.state}
                  </Badge>
                </Group>
                <Text>{stateInWords(rollout)}</Text>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {rollout.reason} · <When at={rollout.changedAt} />
                </Text>
              </Paper>
            ))}
          </Stack>
        )
      }
    </Answer>
  );
};

const History = ({ filters }: { readonly filters: Filters }) => {
  const ended = usePages<RolloutSummary>(['rollouts', 'ended'], '/api/rollouts', { is: 'ended', ...filters });
  return (
    <PageList of={ended} empty="No rollout has ended." more="Show older ones">
      {(items) => (
        <ScrollTable striped label="Ended rollouts" minWidth={640} titles={['Candidate', 'Target', 'Against', 'Ended as', 'Stage', 'Why', 'Started', 'Ended']}>
          {items.map((rollout) => (
            <Table.Tr key={rollout.rolloutId}>
              <Table.Th scope="row">
                <Anchor component={Link} to={pathOf(rollout)}>
                  {rollout.version}
                </Anchor>
              </Table.Th>
              <Table.Td>{`${rollout.model} / ${rollout.workload}`}</Table.Td>
              <Table.Td>{rollout.baseVersion}</Table.Td>
              <Table.Td>{rollout.revertedAt ? `${rollout.state}, undone later` : rollout.state}</Table.Td>
              <Table.Td>{rollout.state === 'PROMOTED' ? 'all' : rollout.stage}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere', maxWidth: 320 }}>{rollout.reason}</Table.Td>
              <Table.Td>
                <When at={rollout.startedAt} />
              </Table.Td>
              <Table.Td>
                <When at={rollout.changedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </ScrollTable>
      )}
    </PageList>
  );
};

/** One order for each target that it changes, all with the same reason. */
const AllTargets = ({ targets }: { readonly targets: readonly Automation[] }) => {
  const command = useCommand();
  const may = useMay('operator');
  const [asked, setAsked] = useState<'hold' | 'release'>();
  const [ordered, setOrdered] = useState<readonly { readonly commandId: string; readonly label: string }[]>([]);
  if (!may || targets.length < 2) return null;
  const meant = targets.filter(({ isHeld }) => isHeld === (asked === 'release'));
  const confirm = async (reason: string): Promise<void> => {
    setOrdered([]);
    for (const target of meant) {
      const { commandId } = await command.mutateAsync(automationButton(target).order(reason));
      setOrdered((before) => [...before, { commandId, label: `${asked === 'hold' ? 'Hold' : 'Release'} ${target.model}/${target.workload}` }]);
    }
  };
  const held = targets.filter(({ isHeld }) => isHeld).length;
  return (
    <Stack gap="xs">
      <Group role="group" aria-label="Automation of all targets">
        <Button color="red.9" disabled={held === targets.length} onClick={() => setAsked('hold')}>
          Hold all targets
        </Button>
        <Button variant="default" disabled={held === 0} onClick={() => setAsked('release')}>
          Release all targets
        </Button>
      </Group>
      <Text size="xs">
        {held} of {targets.length} targets are held.
      </Text>
      {ordered.map((order) => (
        <FateOfOrder key={order.commandId} {...order} />
      ))}
      {asked && (
        <ReasonDialog
          opened title={asked === 'hold' ? 'Hold all targets' : 'Release all targets'} confirm={asked === 'hold' ? 'Hold all' : 'Release all'} isDangerous={asked === 'hold'}
          explanation={asked === 'hold' ? `On ${meant.length} targets nothing starts, advances or is promoted by itself any more. Harm is still rolled back.` : `On ${meant.length} targets rollouts go on by themselves again.`}
          onClose={() => setAsked(undefined)} onConfirm={(reason) => void confirm(reason).catch(() => undefined)}
        />
      )}
    </Stack>
  );
};

const useAutomation = () => useQuery({ queryKey: ['rollouts', 'automation'], queryFn: () => read<{ items: Automation[] }>('/api/automation') });

const AutomationPanel = () => {
  const automation = useAutomation();
  return (
    <Answer of={automation}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No target has a champion yet.</Nothing>
        ) : (
          <Stack gap="xs">
            <AllTargets targets={items} />
            {items.map((target) => (
              <Paper key={`${target.model}/${target.workload}`} withBorder p="sm">
                <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                  {target.model} / {target.workload}: {target.isHeld ? 'held' : 'goes by itself'}
                </Text>
                <Text size="sm" mb={4}>
                  Champion {target.champion}
                </Text>
                {target.isHeld && (
                  <Alert color="orange" title="Held" my="xs">
                    By {target.actor}, <When at={target.at} />: {target.reason}
                  </Alert>
                )}
                <OrderButtons buttons={[automationButton(target)]} label={`Automation of ${target.model}/${target.workload}`} />
              </Paper>
            ))}
          </Stack>
        )
      }
    </Answer>
  );
};

const TargetFilter = ({ filters, onChange }: { readonly filters: Filters; readonly onChange: (chosen: Filters | undefined) => void }) => {
  const { data } = useAutomation();
  const targets = data?.items ?? [];
  const names = targets.map(({ model, workload }) => `${model}/${workload}`);
  const chosen = filters.model === '' ? null : `${filters.model}/${filters.workload}`;
  const choose = (name: string | null): void => {
    const target = targets[names.indexOf(name ?? '')];
    onChange(target && { model: target.model, workload: target.workload });
  };
  return <Select label="Target" placeholder="All targets" data={names} value={chosen} onChange={choose} searchable clearable clearButtonProps={{ 'aria-label': 'Show all targets' }} maw={420} />;
};

const RolloutsPage = () => {
  const [parameters, setParameters] = useSearchParams();
  const filters: Filters = { model: parameters.get('model') ?? '', workload: parameters.get('workload') ?? '' };
  const set = (chosen: Filters | undefined): void => setParameters(chosen ? { ...chosen } : {}, { replace: true });
  return (
    <Stack>
      <PageTitle title="Rollouts" />
      <TargetFilter filters={filters} onChange={set} />
      <Title order={2} size="h4">
        Under way
      </Title>
      <Current filters={filters} />
      <Title order={2} size="h4">
        Automation
      </Title>
      <AutomationPanel />
      <Title order={2} size="h4">
        Ended
      </Title>
      <History filters={filters} />
    </Stack>
  );
};
export default RolloutsPage;
