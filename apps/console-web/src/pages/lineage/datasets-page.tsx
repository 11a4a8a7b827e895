import { Anchor } from '@mantine/core';
import type { DatasetSummary } from '@ratchet/console-api';
import { Link } from 'react-router';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { words } from '../../components/format';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { TargetFilters, useFilters } from '../../components/target-filters';
import { usePages } from '../../components/use-pages';

const DatasetsPage = () => {
  const list = usePages<DatasetSummary>(['datasets', 'list'], '/api/datasets', useFilters(['model', 'workload', 'purpose']));
  return (
    <>
      <PageTitle title="Datasets" />
      <TargetFilters choices={[{ name: 'purpose', label: 'Purpose', values: ['training', 'general_suite', 'safety_suite'] }]} />
      <PageList of={list} empty="There is no such dataset. The data generator makes one when failures have been analyzed.">
        {(items) => (
          <ListTable
            label="Datasets"
            headings={['Dataset', 'Target', 'Purpose', 'To learn from', 'To test with', 'Made']}
            rows={items.map((item) => ({
              key: item.datasetId,
              cells: [
                <Anchor component={Link} to={`/datasets/${encodeURIComponent(item.datasetId)}`} size="sm" underline="always">
                  {item.datasetId}
                </Anchor>,
                `${item.model} / ${item.workload}`,
                `${words(item.purpose)}${item.highPriority ? ', high priority' : ''}`,
                item.trainCount,
                item.testCount,
                <When at={item.versionedAt} />,
              ],
            }))}
          />
        )}
      </PageList>
    </>
  );
};
export default DatasetsPage;
