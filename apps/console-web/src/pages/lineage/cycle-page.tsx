import { Anchor } from '@mantine/core';
import type { CycleDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { ChangedItems } from './changed-items';
import { Decisions } from './decisions';
import { Facts } from '../../components/facts';
import { FixDetail } from './fix-detail';
import { dollars, duration, shortNumber, versionPath, words } from '../../components/format';
import { GateReport } from './gate-report';
import { Links } from '../../components/links';
import { LossChart } from './loss-chart';
import { Section } from '../../components/section';
import { StateBadge } from './state-badge';

const VersionLink = ({ cycle, version }: { readonly cycle: CycleDetail; readonly version: string }) => (
  <Anchor component={Link} to={versionPath({ ...cycle, version })} size="sm" underline="always">
    {version}
  </Anchor>
);

const valuesOf = (values: Readonly<Record<string, string | number | boolean>>): [string, string][] => Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? shortNumber(value) : String(value)]);

const Trigger = ({ cycle }: { readonly cycle: CycleDetail }) => (
  <Section title="Why it began">
    <Facts
      caption="Trigger"
      rows={[
        ['Trigger', words(cycle.trigger)],
        ['Reason', cycle.triggerReason],
        ['Failures analyzed', cycle.failuresAnalyzed],
        ['Examples', cycle.exampleCount],
        ['Opportunities', <Links key="o" to="/opportunities" ids={cycle.opportunityIds} />],
        ['Datasets', <Links key="d" to="/datasets" ids={cycle.datasetIds} />],
      ]}
    />
    {cycle.triggerFacts && <Facts caption="What every trigger saw" rows={valuesOf(cycle.triggerFacts)} />}
  </Section>
);

const Run = ({ cycle: { run, fix, lossCurve } }: { readonly cycle: CycleDetail }) => (
  <Section title={fix ? 'Run' : 'Training run'}>
    <Facts
      caption="Run"
      rows={[
        ['Run', run.trainingRunId],
        ['Trained by', run.backend ?? (fix ? 'nobody: the fix is no training' : '–')],
        ['Took', duration(run.seconds)],
        ['Cost', dollars(run.costUsd)],
        ['SHA-256 of the training file', run.dataHash ?? '–'],
        ...(run.failed ? ([['Failed', `${run.failed.code === null ? '' : `${words(run.failed.code)}: `}${run.failed.reason}`]] as const) : []),
      ]}
    />
    {Object.keys(run.config).length > 0 && <Facts caption="Parameters" rows={valuesOf(run.config)} />}
    {Object.keys(run.metrics).length > 0 && <Facts caption="What the trainer measured" rows={valuesOf(run.metrics)} />}
    {!fix && !run.failed && <LossChart curve={lossCurve} />}
  </Section>
);

const Cycle = ({ cycle }: { readonly cycle: CycleDetail }) => (
  <>
    <Facts
      caption="About the cycle"
      rows={[
        ['Target', `${cycle.model} / ${cycle.workload}`],
        ['State', <StateBadge key="s" state={cycle.state} />],
        ['Base', <VersionLink key="b" cycle={cycle} version={cycle.baseVersion} />],
        ['Candidate', cycle.version === null ? '–' : <VersionLink key="v" cycle={cycle} version={cycle.version} />],
        ['Began', <When key="w" at={cycle.startedAt} />],
        ['Ended', <When key="e" at={cycle.endedAt} />],
      ]}
    />
    <Trigger cycle={cycle} />
    {cycle.fix && <FixDetail fix={cycle.fix} />}
    <Run cycle={cycle} />
    {cycle.report ? (
      <>
        <GateReport report={cycle.report} />
        <ChangedItems cycleId={cycle.cycleId} />
      </>
    ) : (
      <Section title="Gate report">
        <Nothing>It is not judged yet.</Nothing>
      </Section>
    )}
    <Section title="Decisions">
      <Decisions decisions={cycle.decisions} />
    </Section>
  </>
);

const CyclePage = () => {
  const { id = '' } = useParams();
  const query = useQuery({ queryKey: ['cycles', 'one', id], queryFn: () => read<CycleDetail>(`/api/cycles/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title={`Cycle ${id}`} />
      <Answer of={query}>{(cycle) => <Cycle cycle={cycle} />}</Answer>
    </>
  );
};
export default CyclePage;
