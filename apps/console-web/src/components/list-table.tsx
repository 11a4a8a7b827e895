import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface ListTableProps {
  readonly label: string;
  readonly headings: readonly string[];
  readonly minWidth?: number;
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

/** A table that scrolls on its own where the screen is narrow; by keyboard, too. */
export const ListTable = ({ label, headings, minWidth = 640, rows }: ListTableProps) => (
  <Table.ScrollContainer type="native" minWidth={minWidth} tabIndex={0} role="region" aria-label={label}>
    <Table striped withTableBorder>
      <Table.Thead>
        <Table.Tr>
          {headings.map((heading) => (
            <Table.Th key={heading} scope="col">
              {heading}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ key, cells }) => (
          <Table.Tr key={key}>
            {cells.map((cell, place) => (
              <Table.Td key={headings[place]} style={{ overflowWrap: 'anywhere' }}>
                {cell}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
