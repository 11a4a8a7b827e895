import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { ScrollTable } from './scroll-table';

interface ListTableProps {
  readonly label: string;
  readonly headings: readonly string[];
  readonly minWidth?: number;
  /** Of the first columns, where the browser's choice is not good. */
  readonly widths?: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

/** A table that scrolls on its own where the screen is narrow; by keyboard, too. */
export const ListTable = ({ label, headings, minWidth = 640, widths = [], rows }: ListTableProps) => (
  <ScrollTable striped withTableBorder label={label} minWidth={minWidth} titles={headings} widths={widths}>
    {rows.map(({ key, cells }) => (
      <Table.Tr key={key}>
        {cells.map((cell, place) => (
          <Table.Td key={headings[place]} style={{ overflowWrap: 'anywhere' }}>
            {cell}
          </Table.Td>
        ))}
      </Table.Tr>
    ))}
  </ScrollTable>
);
