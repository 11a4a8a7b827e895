import { Anchor } from '@mantine/core';
import type { CycleSummary } from '@ratchet/console-api';
import { Link } from 'react-router';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { versionPath, words } from '../../components/format';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { StateBadge } from './state-badge';
import { TargetFilters, useFilters } from '../../components/target-filters';
import { usePages } from '../../components/use-pages';

const states = ['training', 'judging', 'rollout', 'waiting for a person', 'promoted', 'rolled back', 'rejected', 'insufficient', 'superseded', 'training failed'];

const rowOf = (cycle: CycleSummary) => ({
  key: cycle.cycleId,
  cells: [
    <Links key="id" to="/cycles" ids={[cycle.cycleId]} />,
    `${cycle.model} / ${cycle.workload}`,
    <StateBadge key="state" state={cycle.state} />,
    cycle.version === null ? (
      '–'
    ) : (
      <Anchor key="version" component={Link} to={versionPath({ ...cycle, version: cycle.version })} size="sm" underline="always">
        {cycle.version}
      </Anchor>
    ),
    words(cycle.trigger),
    cycle.exampleCount,
    <When key="began" at={cycle.startedAt} />,
    <When key="ended" at={cycle.endedAt} />,
  ],
});

const CyclesPage = () => {
  const list = usePages<CycleSummary>(['cycles', 'list'], '/api/cycles', useFilters(['model', 'workload', 'state']));
  return (
    <>
      <PageTitle title="Cycles" />
      <TargetFilters choices={[{ name: 'state', label: 'State', values: states }]} />
      <PageList of={list} empty="There is no such cycle. One begins when enough examples wait, or a person asks for it.">
        {(items) => <ListTable label="Cycles" minWidth={860} headings={['Cycle', 'Target', 'State', 'Candidate', 'Trigger', 'Examples', 'Began', 'Ended']} rows={items.map(rowOf)} />}
      </PageList>
    </>
  );
};
export default CyclesPage;
