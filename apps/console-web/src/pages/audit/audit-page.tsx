import { Anchor, Group } from '@mantine/core';
import type { AuditEntry, AuditState } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';
import { AuditFilters, useAuditFilters } from './audit-filters';
import { Chains } from './chains';
import { differencesOf, fieldOf } from './differences';

const changeOf = ({ record }: AuditEntry): string =>
  differencesOf(record)
    .filter(({ isChanged }) => isChanged)
    .map(({ name, before, after }) => `${name}: ${before} → ${after}`)
    .join(', ');

const rowOf = (entry: AuditEntry) => ({
  key: String(entry.sequence),
  cells: [
    <Anchor key="place" component={Link} to={`/audit/decisions/${entry.sequence}`} size="sm" underline="always" aria-label={`Decision ${entry.sequence}`}>
      {entry.sequence}
    </Anchor>,
    <When key="when" at={fieldOf(entry.record, 'happened_at')} />,
    fieldOf(entry.record, 'actor'),
    fieldOf(entry.record, 'kind'),
    `${fieldOf(entry.record, 'model')} / ${fieldOf(entry.record, 'workload')}`,
    fieldOf(entry.record, 'reason'),
    changeOf(entry) || '–',
  ],
});

const AuditPage = () => {
  const state = useQuery({ queryKey: ['audit', 'state'], queryFn: () => read<AuditState>('/api/audit/state') });
  const list = usePages<AuditEntry>(['audit', 'list'], '/api/audit', useAuditFilters());
  return (
    <>
      <PageTitle title="Audit log">
        <Group gap="md">
          {(['decisions', 'cycles'] as const).map((chain) => (
            <Anchor key={chain} href={`/api/audit/export?chain=${chain}`} download size="sm" underline="always">
              Export {chain}
            </Anchor>
          ))}
        </Group>
      </PageTitle>
      <Answer of={state}>{(data) => <Chains state={data} />}</Answer>
      <AuditFilters />
      <PageList of={list} empty="There is no such decision on the record.">
        {(items) => <ListTable label="Decisions" minWidth={980} headings={['Record', 'When', 'Who', 'What', 'Target', 'Why', 'Changed']} rows={items.map(rowOf)} />}
      </PageList>
    </>
  );
};
export default AuditPage;
