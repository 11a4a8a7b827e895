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

const WORD_CHARS_MAX = 18;

/** Room for the longest word of a cell, so that none is cut in two but those that no column has room for. */
const roomFor = (cell: ReactNode): string | undefined => {
  if (typeof cell !== 'string') return typeof cell === 'object' ? '7rem' : undefined;
  return `${Math.min(WORD_CHARS_MAX, Math.max(...cell.split(/\s+/).map(({ length }) => length)))}ch`;
};

/** A table that scrolls on its own where the screen is narrow; by keyboard, too. */
export const ListTable = ({ label, headings, minWidth = 640, widths = [], rows }: ListTableProps) => (
  <ScrollTable striped withTableBorder label={label} minWidth={minWidth} titles={headings} widths={widths}>
    {rows.map(({ key, cells }) => (
      <Table.Tr key={key}>
        {cells.map((cell, place) => (
          <Table.Td key={headings[place]} style={{ overflowWrap: 'anywhere', minWidth: roomFor(cell) }}>
            {cell}
          </Table.Td>
        ))}
      </Table.Tr>
    ))}
  </ScrollTable>
);
