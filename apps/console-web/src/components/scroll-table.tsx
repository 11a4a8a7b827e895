import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface TableHeadProps {
  readonly titles: readonly string[];
  /** Of the first columns, where the browser's choice is not good. */
  readonly widths?: readonly string[];
}

/** The heading of each column. */
export const TableHead = ({ titles, widths = [] }: TableHeadProps) => (
  <Table.Thead>
    <Table.Tr>
      {titles.map((title, place) => (
        <Table.Th key={title} scope="col" {...(widths[place] !== undefined && { w: widths[place] })}>
          {title}
        </Table.Th>
      ))}
    </Table.Tr>
  </Table.Thead>
);

interface ScrollTableProps extends TableProps, TableHeadProps {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  /** Pixels below which it scrolls on its own, by keyboard, too. */
  readonly minWidth: number;
  readonly maxHeight?: number;
  readonly caption?: string;
  /** Its rows. */
  readonly children: ReactNode;
}

/** A table that scrolls on its own where the screen is narrow. */
export const ScrollTable = ({ label, titles, widths = [], minWidth, maxHeight, caption, children, ...table }: ScrollTableProps) => (
  <Table.ScrollContainer type="native" minWidth={minWidth} {...(maxHeight !== undefined && { maxHeight })} tabIndex={0} role="region" aria-label={label}>
    <Table {...table}>
      {caption !== undefined && <Table.Caption c="var(--mantine-color-text)">{caption}</Table.Caption>}
      <TableHead titles={titles} widths={widths} />
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
