import { Anchor, Group, Table, Text, Title } from '@mantine/core';
import type { Cell, Section } from '@ratchet/console-api';
import { Link } from 'react-router';
import { TableHead } from '../../components/scroll-table';

const utc = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;

const CellText = ({ cell, type }: { readonly cell: Cell; readonly type: string }) => {
  if (cell === null) return <>–</>;
  if (typeof cell === 'object') {
    return (
      <Anchor component={Link} to={cell.href} underline="always">
        {cell.text}
      </Anchor>
    );
  }
  return <>{type === 'when' && typeof cell === 'string' ? utc(cell) : cell}</>;
};

/** One table of a report; times are UTC, as the report is. */
export const ReportSection = ({ section, csv }: { readonly section: Section; readonly csv: string }) => (
  <section className="report-section" aria-labelledby={`section-${section.id}`}>
    <Group justify="space-between">
      <Title order={2} size="h4" id={`section-${section.id}`}>
        {section.title}
      </Title>
      <Anchor href={csv} download underline="always" className="no-print" size="sm" aria-label={`${section.title} as CSV`}>
        CSV
      </Anchor>
    </Group>
    {section.notes.map((note) => (
      <Text key={note} size="sm">
        {note}
      </Text>
    ))}
    {section.rows.length === 0 ? (
      <Text size="sm">None.</Text>
    ) : (
      <div tabIndex={0} role="region" aria-label={section.title} style={{ overflowX: 'auto' }}>
        <Table>
          <TableHead titles={section.columns.map(({ title }) => title)} />
          <Table.Tbody>
            {section.rows.map((row, index) => (
              <Table.Tr key={index}>
                {row.map((cell, column) => (
                  <Table.Td key={section.columns[column]?.title ?? column} style={{ overflowWrap: 'anywhere', minWidth: '8em' }}>
                    <CellText cell={cell} type={section.columns[column]?.type ?? 'text'} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    )}
  </section>
);
