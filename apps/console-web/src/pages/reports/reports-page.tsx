import { Anchor, SegmentedControl, Stack, Table } from '@mantine/core';
import type { ReportKind, ReportListed } from '@ratchet/console-api';
import { Link, useSearchParams } from 'react-router';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';
import { PageTitle } from '../../components/page-title';
import { TableHead } from '../../components/scroll-table';

const kinds = [{ value: 'daily', label: 'Daily: alerts' }, { value: 'weekly', label: 'Weekly: decisions' }, { value: 'monthly', label: 'Monthly: audit' }];
const standingOf = ({ closed, overdue, signers }: ReportListed): string => (signers.length > 0 ? `✓ signed by ${signers.join(', ')}` : !closed ? '… has not ended' : overdue ? '✖ overdue' : 'waits for a signature');

const ReportTable = ({ items }: { readonly items: readonly ReportListed[] }) => (
  <Table>
    <TableHead titles={['Period (UTC)', 'State']} />
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
  const reports = usePages<ReportListed>(['reports', 'list'], '/api/reports', { kind }, 'next');
  return (
    <Stack>
      <PageTitle title="Reports" />
      <SegmentedControl data={kinds} value={kind} onChange={(value) => setParameters({ kind: value }, { replace: true })} aria-label="Kind of report" orientation="horizontal" style={{ alignSelf: 'flex-start', flexWrap: 'wrap' }} />
      <PageList of={reports} empty="Nothing has happened yet that could be reported." more="Older ones">
        {(items) => <ReportTable items={items} />}
      </PageList>
    </Stack>
  );
};
export default ReportsPage;
