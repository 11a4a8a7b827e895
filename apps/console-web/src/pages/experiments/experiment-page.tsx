import { Anchor, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { ExperimentDetail, ExperimentReading, Series } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import type { OrderButton } from '../rollouts/buttons';
import { OrderButtons } from '../rollouts/order-buttons';
import { SeriesCharts } from '../rollouts/series-charts';
import { actorInWords, orderInWords, percent } from '../rollouts/words';
import { LooksChart } from './looks-chart';
import { ReadingView } from './reading-view';
import { looksOf, planInWords, statusColor, statusInWords, verdictInWords } from './words';

const Heading = ({ children }: { readonly children: string }) => (
  <Title order={2} size="h4">
    {children}
  </Title>
);

const stopButton = ({ experimentId, model, workload, isOpen, treatment, status }: ExperimentDetail): OrderButton => ({
  key: 'stop', label: 'Stop experiment', isDangerous: true,
  ...(!isOpen && { whyNot: 'It is over.' }),
  explanation: status === 'queued' ? `${treatment} never gets the traffic of this experiment.` : `Both arms lose their traffic at once, and the champion serves all of it. What was counted until then is read and put on record; no rollout follows.`,
  order: (reason) => ({ name: 'experiment.stop', model, workload, experimentId, reason }),
});

const Standing = ({ experiment }: { readonly experiment: ExperimentDetail }) => {
  const { model, workload, status, verdict, plan, looks, share, controlShare, alpha, margin, onWin, reason, changedAt, conclusion } = experiment;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge color={statusColor(status)} size="lg" tt="none" autoContrast>
          {status}
        </Badge>
        <Text span>
          {model} / {workload}
        </Text>
      </Group>
      <Text fw={600}>{verdict === null ? statusInWords(status) : `Verdict: ${verdictInWords(verdict)}.`}</Text>
      <Text style={{ overflowWrap: 'anywhere' }}>
        {conclusion?.reason ?? reason} · <When at={changedAt} />
      </Text>
      <Text>
        Plan: {planInWords(plan, looks)}. Treatment {percent(share, 0)} and control {percent(controlShare, 0)} of the traffic; error rate {alpha}; a difference within {percent(margin)} of the control does not matter.
        {onWin === 'rollout' ? ' A win starts a rollout.' : ''}
      </Text>
    </Stack>
  );
};

const History = ({ experiment: { steps, orders } }: { readonly experiment: ExperimentDetail }) => {
  const told = new Set(steps.map(({ commandId }) => commandId));
  const moves = steps.map(({ at, actor, reason, status, sequence }) => ({ key: `step ${sequence}`, at, who: actorInWords(actor), what: status, why: reason }));
  const asked = orders.filter(({ commandId }) => !told.has(commandId)).map((order) => ({ key: order.commandId, at: order.at, who: order.actor, what: orderInWords(order), why: order.refusal === null ? order.reason : `${order.reason}. Refused: ${order.refusal}` }));
  const entries = [...moves, ...asked].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ScrollTable striped label="History" minWidth={560} titles={['When', 'Who', 'What', 'Why']}>
      {entries.map(({ key, at, who, what, why }) => (
        <Table.Tr key={key}>
          <Table.Td>
            <When at={at} />
          </Table.Td>
          <Table.Td>{who}</Table.Td>
          <Table.Td>{what}</Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{why}</Table.Td>
        </Table.Tr>
      ))}
    </ScrollTable>
  );
};

const lastReading = ({ conclusion, steps }: ExperimentDetail): ExperimentReading | undefined => conclusion?.reading ?? steps.findLast(({ reading }) => reading !== null)?.reading ?? undefined;

const Shown = ({ experiment }: { readonly experiment: ExperimentDetail }) => {
  const { experimentId, treatment, control, steps } = experiment;
  const series = useQuery({ queryKey: ['vitals', 'experiment', experimentId], queryFn: () => read<Series>(`/api/experiments/${encodeURIComponent(experimentId)}/series`) });
  const reading = lastReading(experiment);
  const looks = looksOf(steps);
  return (
    <Stack>
      <Standing experiment={experiment} />
      <OrderButtons buttons={[stopButton(experiment)]} label="Orders for this experiment" />
      <Heading>Treatment minus control, look by look</Heading>
      {looks.length === 0 ? <Text>No look has been taken yet.</Text> : <LooksChart looks={looks} />}
      {reading && <ReadingView reading={reading} />}
      <Heading>Both arms over time</Heading>
      <Answer of={series}>{(data) => <SeriesCharts series={data} names={{ candidate: treatment, champion: control }} />}</Answer>
      <Heading>What was decided and ordered</Heading>
      <History experiment={experiment} />
    </Stack>
  );
};

const ExperimentPage = () => {
  const { id = '' } = useParams();
  const experiment = useQuery({ queryKey: ['experiments', id], queryFn: () => read<ExperimentDetail>(`/api/experiments/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title={experiment.data ? `${experiment.data.treatment} against ${experiment.data.control}` : 'Experiment'}>
        <Anchor component={Link} to="/experiments">
          All experiments
        </Anchor>
      </PageTitle>
      <Answer of={experiment}>{(data) => <Shown experiment={data} />}</Answer>
    </>
  );
};
export default ExperimentPage;
