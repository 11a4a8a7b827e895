import { Anchor, Badge } from '@mantine/core';
import type { VersionSummary } from '@ratchet/console-api';
import { Link } from 'react-router';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { versionPath } from '../../components/format';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { Section } from '../../components/section';
import { StateBadge } from './state-badge';
import { TargetFilters, useFilters } from '../../components/target-filters';
import { usePages } from '../../components/use-pages';

export const Role = ({ role }: Pick<VersionSummary, 'role'>) => (role === 'none' ? null : <Badge variant="filled" color={role === 'champion' ? 'indigo' : 'gray'} autoContrast tt="none">{role}</Badge>);

const rowOf = (version: VersionSummary) => ({
  key: version.version,
  cells: [
    <Anchor key="v" component={Link} to={versionPath(version)} size="sm" underline="always">
      {version.version}
    </Anchor>,
    version.role === 'none' ? '–' : <Role key="r" role={version.role} />,
    <StateBadge key="s" state={version.state} />,
    version.parentVersion === null ? '–' : <Anchor key="p" component={Link} to={versionPath({ ...version, version: version.parentVersion })} size="sm" underline="always">{version.parentVersion}</Anchor>,
    <Links key="c" to="/cycles" ids={version.cycleId === null ? [] : [version.cycleId]} />,
    <When key="w" at={version.publishedAt} />,
  ],
});

const VersionsPage = () => {
  const list = usePages<VersionSummary>(['cycles', 'versions'], '/api/versions', useFilters(['model', 'workload']));
  return (
    <>
      <PageTitle title="Versions" />
      <TargetFilters />
      <PageList of={list} empty="There is no such version.">
        {(items) =>
          [...Map.groupBy(items, ({ model, workload }) => `${model} / ${workload}`)].map(([target, versions]) => (
            <Section key={target} title={target}>
              <ListTable label={`Versions of ${target}`} minWidth={760} headings={['Version', 'Serves as', 'Its cycle came to', 'Base', 'Cycle', 'Published']} rows={versions.map(rowOf)} />
            </Section>
          ))
        }
      </PageList>
    </>
  );
};
export default VersionsPage;
