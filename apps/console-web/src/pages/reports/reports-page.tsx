import { Anchor, Button, SegmentedControl, Stack, Table } from '@mantine/core';
import type { ReportKind, ReportListed } from '@ratchet/console-api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';

const kinds = [{ value: 'daily', label: 'Daily: alerts' }, { value: 'weekly', label: 'Weekly: decisions' }, { value: 'monthly', label: 'Monthly: audit' }];
const standingOf = ({ closed, overdue, signers }: ReportListed): string => (signers.length > 0 ? `✓ signed by ${signers.join(', ')}` : !closed ? '… has not ended' : overdue ? '✖ overdue' : 'waits for a signature');

const ReportTable = ({ items }: { readonly items: readonly ReportListed[] }) => (
  <Table>
    <Table.Thead>
      <Table.Tr>
        <Table.Th scope="col">Period (UTC)</Table.Th>
        <Table.Th scope="col">State</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {items.map((report) => (
        <Table.Tr key={report.period}>
          <Table.Th scope="row">
            <Anchor component={Link} to={`/reports/${report.kind}/${report.period}`} underline="always">
              {report.period}
            </Anchor>
          </Table.Th>
          <Table.Td fw={report.overdue ? 700 : 400}>{standingOf(report)}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

/** All reports of a kind, the newest first; those that should have been signed say so. */
const ReportsPage = () => {
  const [parameters, setParameters] = useSearchParams({ kind: 'daily' });
  const kind = (kinds.find(({ value }) => value === parameters.get('kind'))?.value ?? 'daily') as ReportKind;
  const reports = useInfiniteQuery({
    queryKey: ['reports', 'list', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read<{ items: ReportListed[]; next: string | null }>('/api/reports', { kind, next: pageParam }),
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  return (
    <Stack>
      <PageTitle title="Reports" />
      <SegmentedControl data={kinds} value={kind} onChange={(value) => setParameters({ kind: value }, { replace: true })} aria-label="Kind of report" orientation="horizontal" style={{ alignSelf: 'flex-start', flexWrap: 'wrap' }} />
      <Answer of={reports}>
        {({ pages }) => (pages.every(({ items }) => items.length === 0) ? <Nothing>Nothing has happened yet that could be reported.</Nothing> : <ReportTable items={pages.flatMap(({ items }) => items)} />)}
      </Answer>
      {reports.hasNextPage && (
        <Button variant="default" loading={reports.isFetchingNextPage} onClick={() => void reports.fetchNextPage()}>
          Older ones
        </Button>
      )}
    </Stack>
  );
};
export default ReportsPage;
