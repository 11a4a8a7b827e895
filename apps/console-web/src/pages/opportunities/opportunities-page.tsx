import { Anchor, Text } from '@mantine/core';
import { type OpportunitySummary, rootCauses } from '@ratchet/console-api';
import { Link } from 'react-router';
import { PageTitle } from '../../components/page-title';
import { shortNumber, words } from '../../components/format';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { TargetFilters, useFilters } from '../../components/target-filters';
import { usePages } from '../../components/use-pages';
import { ClusterMap } from './cluster-map';
import { nameOf } from './cluster-words';
import { trendInWords } from './trend';

const OpportunitiesPage = () => {
  const filters = useFilters(['state', 'model', 'workload', 'rootCause']);
  const list = usePages<OpportunitySummary>(['opportunities', 'list'], '/api/opportunities', filters);
  return (
    <>
      <PageTitle title="Opportunities" />
      <TargetFilters choices={[{ name: 'state', label: 'State', values: ['open', 'closed'] }, { name: 'rootCause', label: 'Root cause', values: rootCauses }]} />
      <ClusterMap model={filters['model']} workload={filters['workload']} />
      <PageList of={list} empty="There is no such opportunity. The analyzer makes one of failures that are alike.">
        {(items) => (
          <ListTable
            label="Opportunities"
            headings={['Cluster', 'Target', 'Failures', 'Users', 'Trend', 'Root cause', 'Fix', 'Priority', 'State']}
            rows={items.map((item) => ({
              key: item.opportunityId,
              cells: [
                <Anchor component={Link} to={`/opportunities/${encodeURIComponent(item.opportunityId)}`} size="sm" underline="always">
                  {nameOf(item)}
                </Anchor>,
                `${item.model} / ${item.workload}`,
                item.size,
                item.affectedUsers,
                trendInWords(item.trend),
                <>
                  {words(item.rootCause)}
                  {item.needsPerson && <Text size="xs">a person decides</Text>}
                </>,
                words(item.fixType),
                shortNumber(item.priority),
                item.closed ? words(item.closed) : item.change ? words(item.change) : 'open',
              ],
            }))}
          />
        )}
      </PageList>
    </>
  );
};
export default OpportunitiesPage;
