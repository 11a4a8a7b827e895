import { Table } from '@mantine/core';
import type { ArmPoint, SeriesPoint } from '@ratchet/console-api';
import { ScrollTable } from '../../components/scroll-table';
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
  <ScrollTable label="Both arms now" minWidth={320} titles={[`Stage ${point.stage}, until now`, names.candidate, names.champion]}>
    {rows.map(([name, show]) => (
      <Table.Tr key={name}>
        <Table.Th scope="row">{name}</Table.Th>
        <Table.Td>{show(point.candidate)}</Table.Td>
        <Table.Td>{show(point.champion)}</Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);
