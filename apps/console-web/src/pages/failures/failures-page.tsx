import { Anchor, Text } from '@mantine/core';
import { type FailureSummary, signalNames } from '@ratchet/console-api';
import { Link } from 'react-router';
import { percent, words } from '../../components/format';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { PageTitle } from '../../components/page-title';
import { TargetFilters, useFilters } from '../../components/target-filters';
import { usePages } from '../../components/use-pages';
import { When } from '../../components/when';

const filters = ['search', 'model', 'workload', 'version', 'signal', 'opportunity', 'conversation', 'user'];

const To = ({ to, children }: { readonly to: string; readonly children: string }) => (
  <Anchor component={Link} to={to} size="sm" underline="always">
    <bdi>{children}</bdi>
  </Anchor>
);

const Exchange = ({ item: { interactionId, query, response, contentWithheld } }: { readonly item: FailureSummary }) => (
  <>
    <To to={`/failures/${encodeURIComponent(interactionId)}`}>{contentWithheld ? 'the workload keeps its texts to itself' : query.trim() || 'an empty message'}</To>
    <Text size="xs" lineClamp={2}>
      <bdi>{response}</bdi>
    </Text>
  </>
);

const rowOf = (item: FailureSummary) => ({
  key: item.interactionId,
  cells: [
    <Exchange item={item} />,
    item.signals.map(words).join(', '),
    <>
      {item.model} / {item.workload}, {item.version}
    </>,
    `${percent(item.probability)}, severity ${percent(item.severity)}`,
    item.opportunityId === null ? 'none yet' : <To to={`/opportunities/${encodeURIComponent(item.opportunityId)}`}>its cluster</To>,
    <When at={item.closedAt} />,
  ],
});

const FailuresPage = () => {
  const asked = useFilters(filters);
  const list = usePages<FailureSummary>(['failures', 'list'], '/api/failures', asked);
  return (
    <>
      <PageTitle title="Failures" />
      <TargetFilters
        key={[asked['opportunity'], asked['conversation'], asked['user']].join('\n')}
        fields={[{ name: 'search', label: 'Search', placeholder: 'words, or an id' }, { name: 'version', label: 'Version' }, { name: 'user', label: 'User' }, { name: 'conversation', label: 'Conversation' }, { name: 'opportunity', label: 'Cluster' }]}
        choices={[{ name: 'signal', label: 'Signal', values: signalNames }]}
      />
      <PageList of={list} empty="There is no such failure. The signal detector tells of them as conversations go on or end.">
        {(items) => <ListTable label="Failures, the newest first" minWidth={900} widths={['40%']} headings={['Asked, and answered', 'Signals', 'Target and version', 'Failed for', 'Cluster', 'When']} rows={items.map(rowOf)} />}
      </PageList>
    </>
  );
};
export default FailuresPage;
