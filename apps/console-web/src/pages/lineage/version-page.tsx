import { Anchor, Text } from '@mantine/core';
import type { VersionDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { bundleChanges, bundleParts } from './bundle-diff';
import { ChangedItems } from './changed-items';
import { Decisions } from './decisions';
import { DiffText } from '../../components/diff-text';
import { Facts } from '../../components/facts';
import { versionPath } from '../../components/format';
import { GateReport } from './gate-report';
import { Lineage } from './lineage';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { StateBadge } from './state-badge';
import { wordDiff } from '../../components/word-diff';

const Multiline = ({ children }: { readonly children: ReactNode }) => (
  <Text size="sm" component="div" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
    {children}
  </Text>
);

const Bundle = ({ detail: { bundle, parentBundle, parentVersion } }: { readonly detail: VersionDetail }) => {
  const changes = parentBundle === null ? [] : bundleChanges(parentBundle, bundle);
  return (
    <>
      <Section title="Bundle">
        <Facts caption="Everything that decides an answer" rows={bundleParts(bundle).map(([part, value]) => [part, <Multiline key={part}>{value}</Multiline>] as const)} />
      </Section>
      <Section title="What differs from its base">
        {parentBundle === null && <Nothing>{parentVersion === null ? 'It has no base.' : 'Its base is not known here.'}</Nothing>}
        {parentBundle !== null && changes.length === 0 && <Nothing>Nothing differs.</Nothing>}
        {changes.length > 0 && (
          <ListTable
            label="Differences from the base"
            headings={['Part', 'Base', 'This version']}
            rows={changes.map(({ part, before, after }) => {
              const parts = wordDiff(before, after);
              return { key: part, cells: [part, <Multiline key="b">{before === '' ? '–' : <DiffText parts={parts} side="old" />}</Multiline>, <Multiline key="a">{after === '' ? '–' : <DiffText parts={parts} side="new" />}</Multiline>] };
            })}
          />
        )}
      </Section>
    </>
  );
};

const VersionLinks = ({ detail, versions }: { readonly detail: VersionDetail; readonly versions: readonly string[] }) =>
  versions.length === 0 ? (
    <>–</>
  ) : (
    versions.map((version, place) => (
      <span key={version}>
        {place > 0 && ', '}
        <Anchor component={Link} to={versionPath({ ...detail, version })} size="sm" underline="always">
          {version}
        </Anchor>
      </span>
    ))
  );

const Version = ({ detail }: { readonly detail: VersionDetail }) => (
  <>
    <Facts
      caption="About the version"
      rows={[
        ['Target', `${detail.model} / ${detail.workload}`],
        ['Serves as', detail.role === 'none' ? 'nothing now' : detail.role],
        ['Its cycle', <Links key="c" to="/cycles" ids={detail.cycleId === null ? [] : [detail.cycleId]} />],
        ['The cycle came to', <StateBadge key="s" state={detail.state} />],
        ['Base', <VersionLinks key="b" detail={detail} versions={detail.parentVersion === null ? [] : [detail.parentVersion]} />],
        ['Made from it', <VersionLinks key="m" detail={detail} versions={detail.children} />],
        ['SHA-256 of the bundle', detail.contentHash],
        ['Published', <When key="w" at={detail.publishedAt} />],
      ]}
    />
    <Lineage detail={detail} />
    <Bundle detail={detail} />
    {detail.report && <GateReport report={detail.report} />}
    {detail.report && detail.cycleId !== null && <ChangedItems cycleId={detail.cycleId} />}
    <Section title="Rollouts and decisions">
      <Decisions decisions={detail.decisions} />
    </Section>
  </>
);

const VersionPage = () => {
  const { model = '', workload = '', version = '' } = useParams();
  const query = useQuery({ queryKey: ['cycles', 'version', model, workload, version], queryFn: () => read<VersionDetail>(`/api${versionPath({ model, workload, version })}`) });
  return (
    <>
      <PageTitle title={`Version ${version}`} />
      <Answer of={query}>{(detail) => <Version detail={detail} />}</Answer>
    </>
  );
};
export default VersionPage;
