import { Alert, Anchor, Badge, Group, List, Stack, Text, Title } from '@mantine/core';
import type { RolloutDetail, Series } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { automationButton, buttonsOf, revertButton } from './buttons';
import { EvidenceView } from './evidence-view';
import { OrderButtons } from './order-buttons';
import { SeriesCharts } from './series-charts';
import { Stages } from './stages';
import { timelineOf } from './timeline';
import { TimelineView } from './timeline-view';
import { actorInWords, percent, stateColor, stateInWords, whatWouldAdvance, whatWouldRollBack } from './words';

const Heading = ({ children }: { readonly children: string }) => (
  <Title order={2} size="h4">
    {children}
  </Title>
);

const Standing = ({ rollout }: { readonly rollout: RolloutDetail }) => {
  const { model, workload, state, share, actor, reason, changedAt, automation, asTest, revertedAt } = rollout;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge color={stateColor(state)} size="lg" tt="none" autoContrast>
          {state}
        </Badge>
        <Text span>
          {model} / {workload} · {rollout.isOpen ? `${percent(share, 0)} of the traffic now` : `ended at ${percent(share, 0)} of the traffic`}
        </Text>
      </Group>
      <Text fw={600}>{stateInWords(rollout)}</Text>
      <Text style={{ overflowWrap: 'anywhere' }}>
        Why, by {actorInWords(actor)}, <When at={changedAt} />: {reason}
      </Text>
      {revertedAt && (
        <Text>
          The promotion was undone: <When at={revertedAt} />.
        </Text>
      )}
      {automation?.isHeld && (
        <Alert color="orange" title="The automation of this target is held">
          By {automation.actor}, <When at={automation.at} />: {automation.reason}. Nothing starts, advances or is promoted by itself; harm is still rolled back.
        </Alert>
      )}
      {asTest && (
        <Text>
          Read as an A/B test: {asTest.verdict.replaceAll('_', ' ')}; candidate minus champion {percent(asTest.difference, 2)}, between {percent(asTest.lower, 2)} and {percent(asTest.upper, 2)}.
        </Text>
      )}
    </Stack>
  );
};

/** Since the last transition that entered the present stage. */
const stageSince = ({ transitions, stage }: RolloutDetail): number | null => {
  const earlier = transitions.findLastIndex((move) => move.stage !== stage);
  const entered = transitions[earlier + 1];
  return entered ? Date.parse(entered.at) : null;
};

const Outlook = ({ rollout, series }: { readonly rollout: RolloutDetail; readonly series: Series | undefined }) => {
  const tests = rollout.evidence?.tests ?? [];
  const last = series?.points.at(-1);
  const units = last?.stage === rollout.stage ? last.candidate.units : (rollout.evidence?.candidate.units ?? 0);
  const advance = whatWouldAdvance({ state: rollout.state, stage: rollout.stage, terms: rollout.terms, units, stageSinceMs: stageSince(rollout), nowMs: Date.now(), tests });
  const back = tests.map(whatWouldRollBack).filter((words) => words !== null);
  if (!rollout.isOpen || rollout.stage === 0) return null;
  return (
    <>
      <Heading>What would make it advance</Heading>
      <List>{advance.map((words) => <List.Item key={words}>{words}</List.Item>)}</List>
      <Heading>What would roll it back</Heading>
      {back.length === 0 ? <Text>No test has been recorded in this stage yet; the charts show what is counted.</Text> : <List>{back.map((words) => <List.Item key={words}>{words}</List.Item>)}</List>}
    </>
  );
};

const Buttons = ({ rollout }: { readonly rollout: RolloutDetail }) => {
  const { automation } = rollout;
  const revert = revertButton(rollout, automation?.champion ?? null);
  const buttons = [...(rollout.isOpen ? buttonsOf(rollout) : []), ...(revert ? [revert] : []), ...(automation ? [automationButton(automation)] : [])];
  return <OrderButtons buttons={buttons} label="Orders for this rollout" />;
};

const Shown = ({ rollout }: { readonly rollout: RolloutDetail }) => {
  const { rolloutId, version, baseVersion, evidence, transitions, orders, isLonger } = rollout;
  const series = useQuery({ queryKey: ['vitals', 'rollout', rolloutId], queryFn: () => read<Series>(`/api/rollouts/${encodeURIComponent(rolloutId)}/series`) });
  // What is decided goes before what is drawn: a person may wait for it.
  const drawn = useDeferredValue(series.data);
  const timeline = useMemo(() => timelineOf(transitions, orders), [transitions, orders]);
  const names = useMemo(() => ({ candidate: version, champion: baseVersion }), [version, baseVersion]);
  return (
    <Stack>
      <Standing rollout={rollout} />
      <Stages rollout={rollout} />
      <Buttons rollout={rollout} />
      <Heading>Candidate and champion over time</Heading>
      <Answer of={series}>{(data) => <SeriesCharts series={drawn ?? data} names={names} />}</Answer>
      <Outlook rollout={rollout} series={series.data} />
      <Heading>Evidence of the last decision</Heading>
      {evidence ? <EvidenceView evidence={evidence} /> : <Text>There is none yet.</Text>}
      <Heading>What was decided and ordered</Heading>
      {isLonger && <Text size="sm">The newest {transitions.length} decisions are shown.</Text>}
      <TimelineView rolloutId={rolloutId} entries={timeline} />
    </Stack>
  );
};

const RolloutPage = () => {
  const { id = '' } = useParams();
  const rollout = useQuery({ queryKey: ['rollouts', id], queryFn: () => read<RolloutDetail>(`/api/rollouts/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title={rollout.data ? `Rollout of ${rollout.data.version}` : 'Rollout'}>
        <Anchor component={Link} to="/rollouts">
          All rollouts
        </Anchor>
      </PageTitle>
      <Answer of={rollout}>{(data) => <Shown rollout={data} />}</Answer>
    </>
  );
};
export default RolloutPage;
