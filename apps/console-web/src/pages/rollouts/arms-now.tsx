import { Table } from '@mantine/core';
import type { ArmPoint, SeriesPoint } from '@ratchet/console-api';
import type { ArmNames } from './series-charts';
import { percent, rateInWords } from './words';

const part = (n: number, of: number): string => (of === 0 ? String(n) : `${n} of ${of} (${percent(n / of, 2)})`);

const rows: readonly (readonly [string, (arm: ArmPoint) => string])[] = [
  ['Success, with its band', rateInWords],
  ['Settled conversations', ({ units }) => String(units)],
  ['Errors', ({ errors, requests }) => part(errors, requests)],
  ['Unsafe answers', ({ unsafe, requests }) => part(unsafe, requests)],
  ['Latency, 95th percentile', ({ latencyP95Ms }) => (latencyP95Ms === null ? '–' : `${latencyP95Ms.toFixed(0)} ms`)],
  ['Cost a request', ({ costUsd }) => (costUsd === null ? 'not told' : `$${costUsd.toPrecision(3)}`)],
];

/** Both arms as they are counted at this moment, since the stage began. */
export const ArmsNow = ({ point, names }: { readonly point: SeriesPoint; readonly names: ArmNames }) => (
  <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label="Both arms now">
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Stage {point.stage}, until now</Table.Th>
          <Table.Th scope="col">{names.candidate}</Table.Th>
          <Table.Th scope="col">{names.champion}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, show]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{show(point.candidate)}</Table.Td>
            <Table.Td>{show(point.champion)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
