import { Anchor, SimpleGrid, Text } from '@mantine/core';
import type { DatasetDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { Examples } from './examples';
import { Facts } from '../../components/facts';
import { dollars, versionPath, words } from '../../components/format';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { StateBadge } from './state-badge';

const Counts = ({ label, counts }: { readonly label: string; readonly counts: DatasetDetail['sources'] }) => (
  <ListTable label={label} minWidth={260} headings={[label, 'To learn from', 'To test with']} rows={counts.map(({ name, train, test }) => ({ key: name, cells: [words(name), train, test] }))} />
);

const Difference = ({ difference }: Pick<DatasetDetail, 'difference'>) =>
  difference === null ? (
    <Nothing>There is no dataset before this one, or it is not known here.</Nothing>
  ) : (
    <Text size="sm">
      Against{' '}
      <Anchor component={Link} to={`/datasets/${encodeURIComponent(difference.previousDatasetId)}`} size="sm" underline="always">
        {difference.previousDatasetId}
      </Anchor>
      : {difference.onlyHere} examples are only here, {difference.onlyBefore} were only there, {difference.inBoth} are in both.
    </Text>
  );

const factsOf = (dataset: DatasetDetail): Parameters<typeof Facts>[0]['rows'] => [
  ['Target', `${dataset.model} / ${dataset.workload}`],
  ['Purpose', `${words(dataset.purpose)}${dataset.highPriority ? ', high priority' : ''}`],
  ['Examples', `${dataset.trainCount} to learn from, ${dataset.testCount} to test with${dataset.kept === dataset.trainCount + dataset.testCount ? '' : `; ${dataset.kept} of them are kept`}`],
  ['Failures analyzed', dataset.failuresAnalyzed],
  ['Opportunities', <Links key="links" to="/opportunities" ids={dataset.opportunityIds} />],
  ['Trained with', dataset.training ? `recipe ${dataset.training.recipe}${dataset.training.curriculum ? ', easy examples first' : ''}` : 'the target’s own settings'],
  ['Cost of the teacher', dollars(dataset.costUsd)],
  ['SHA-256', dataset.contentHash],
  ['Made', <When key="made" at={dataset.versionedAt} />],
];

const Used = ({ dataset: { cycles, fixes, model, workload } }: { readonly dataset: DatasetDetail }) => (
  <>
    {cycles.length === 0 && fixes.length === 0 && <Nothing>No cycle has used it yet.</Nothing>}
    {cycles.length > 0 && (
      <ListTable
        label="Cycles that used it"
        minWidth={420}
        headings={['Cycle', 'State', 'Version', 'Started']}
        rows={cycles.map(({ cycleId, state, version, startedAt }) => ({
          key: cycleId,
          cells: [<Links key="c" to="/cycles" ids={[cycleId]} />, <StateBadge key="s" state={state} />, version === null ? '–' : <Anchor key="v" component={Link} to={versionPath({ model, workload, version })} size="sm" underline="always">{version}</Anchor>, <When key="w" at={startedAt} />],
        }))}
      />
    )}
    {fixes.map(({ fixId, fixType, summary }) => (
      <Text key={fixId} size="sm">
        Tests the fix {words(fixType)}: {summary ?? fixId}
      </Text>
    ))}
  </>
);

const Dataset = ({ dataset }: { readonly dataset: DatasetDetail }) => (
  <>
    <Facts caption="About the dataset" rows={factsOf(dataset)} />
    <Section title="What it is made of">
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Counts label="Source" counts={dataset.sources} />
        <Counts label="Category" counts={dataset.categories} />
      </SimpleGrid>
    </Section>
    <Section title="Rejected">
      {dataset.rejected.length === 0 ? <Nothing>Nothing was rejected.</Nothing> : <ListTable label="Rejected examples" minWidth={260} headings={['Reason', 'Examples']} rows={dataset.rejected.map(({ reason, count }) => ({ key: reason, cells: [words(reason), count] }))} />}
    </Section>
    <Section title="Strategies">
      {dataset.strategies.length === 0 ? (
        <Nothing>No strategy is told.</Nothing>
      ) : (
        <ListTable label="Strategies of the opportunities" headings={['Opportunity', 'Strategy', 'Origin', 'Summary']} rows={dataset.strategies.map(({ opportunityId, strategy }) => ({ key: `${opportunityId} ${strategy.strategyId}`, cells: [<Links key="o" to="/opportunities" ids={[opportunityId]} />, strategy.strategyId, strategy.origin, strategy.summary] }))} />
      )}
    </Section>
    <Section title="Against the dataset before">
      <Difference difference={dataset.difference} />
    </Section>
    <Section title="Used by">
      <Used dataset={dataset} />
    </Section>
    <Section title="Examples">
      <Examples dataset={dataset} />
    </Section>
  </>
);

const DatasetPage = () => {
  const { id = '' } = useParams();
  const query = useQuery({ queryKey: ['datasets', 'one', id], queryFn: () => read<DatasetDetail>(`/api/datasets/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title={`Dataset ${id}`} />
      <Answer of={query}>{(dataset) => <Dataset dataset={dataset} />}</Answer>
    </>
  );
};
export default DatasetPage;
