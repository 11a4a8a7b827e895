import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

/** The heading of each column. */
export const TableHead = ({ titles }: { readonly titles: readonly string[] }) => (
  <Table.Thead>
    <Table.Tr>
      {titles.map((title) => (
        <Table.Th key={title} scope="col">
          {title}
        </Table.Th>
      ))}
    </Table.Tr>
  </Table.Thead>
);

interface ScrollTableProps extends TableProps {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  readonly titles: readonly string[];
  /** Pixels below which it scrolls on its own, by keyboard, too. */
  readonly minWidth: number;
  readonly maxHeight?: number;
  readonly caption?: string;
  /** Its rows. */
  readonly children: ReactNode;
}

/** A table that scrolls on its own where the screen is narrow. */
export const ScrollTable = ({ label, titles, minWidth, maxHeight, caption, children, ...table }: ScrollTableProps) => (
  <Table.ScrollContainer type="native" minWidth={minWidth} {...(maxHeight !== undefined && { maxHeight })} tabIndex={0} role="region" aria-label={label}>
    <Table {...table}>
      {caption !== undefined && <Table.Caption c="var(--mantine-color-text)">{caption}</Table.Caption>}
      <TableHead titles={titles} />
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
