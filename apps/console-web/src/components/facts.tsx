import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface FactsProps {
  readonly caption: string;
  readonly rows: readonly (readonly [string, ReactNode])[];
}

/** Names and values, one a row. */
export const Facts = ({ caption, rows }: FactsProps) => (
  <Table.ScrollContainer type="native" minWidth={280} tabIndex={0} role="region" aria-label={caption}>
    <Table variant="vertical" withTableBorder captionSide="top">
      <Table.Caption ta="left" c="var(--mantine-color-text)">{caption}</Table.Caption>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={170}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
