import { Anchor, Badge, Button, Collapse, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ExperimentSummary } from '@ratchet/console-api';
import { Link } from 'react-router';
import { useMay } from '../../api/caller';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { StartForm } from './start-form';
import { planInWords, statusColor, verdictInWords } from './words';

const Entry = ({ experiment }: { readonly experiment: ExperimentSummary }) => {
  const { experimentId, model, workload, treatment, control, status, verdict, plan, looks, reason, changedAt } = experiment;
  return (
    <Paper component="li" withBorder p="sm">
      <Group justify="space-between">
        <Anchor component={Link} to={`/experiments/${encodeURIComponent(experimentId)}`} fw={600}>
          {treatment} against {control}
        </Anchor>
        <Badge color={statusColor(status)} tt="none" autoContrast>
          {verdict === null ? status : verdictInWords(verdict)}
        </Badge>
      </Group>
      <Text size="sm">
        {model} / {workload} · {planInWords(plan, looks)}
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {reason} · <When at={changedAt} />
      </Text>
    </Paper>
  );
};

const Experiments = ({ is, nothing }: { readonly is: 'open' | 'ended'; readonly nothing: string }) => {
  const found = usePages<ExperimentSummary>(['experiments'], '/api/experiments', { is });
  return (
    <PageList of={found} empty={nothing} more="Show older ones">
      {(items) => (
        <Stack component="ul" p={0} m={0} gap="xs" style={{ listStyle: 'none' }}>
          {items.map((experiment) => (
            <Entry key={experiment.experimentId} experiment={experiment} />
          ))}
        </Stack>
      )}
    </PageList>
  );
};

const ExperimentsPage = () => {
  const may = useMay('operator');
  const [isOpen, { toggle }] = useDisclosure();
  return (
    <Stack>
      <PageTitle title="Experiments">
        {may && (
          <Button variant="default" onClick={toggle} aria-expanded={isOpen}>
            {isOpen ? 'Close the form' : 'New experiment'}
          </Button>
        )}
      </PageTitle>
      {may && <Collapse expanded={isOpen}>{isOpen && <StartForm />}</Collapse>}
      <Title order={2} size="h4">
        Under way
      </Title>
      <Experiments is="open" nothing="No experiment is under way." />
      <Title order={2} size="h4">
        Ended
      </Title>
      <Experiments is="ended" nothing="No experiment has ended." />
    </Stack>
  );
};
export default ExperimentsPage;
