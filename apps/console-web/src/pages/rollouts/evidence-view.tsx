import { Stack, Table, Text } from '@mantine/core';
import type { EvidenceRecord } from '@ratchet/domain';
import { memo } from 'react';
import { ScrollTable } from '../../components/scroll-table';
import { figure, percent, testName, verdictInWords } from './words';

const mark = (verdict: string): string => ({ harm: '✗', broken: '✗', proven: '✓', ok: '✓' })[verdict] ?? '·';

/** Each test with its bounds and threshold, as the controller recorded it. */
export const TestsTable = ({ tests }: { readonly tests: EvidenceRecord['tests'] }) => (
  <ScrollTable striped label="Tests" minWidth={520} caption="Tests of the evidence" titles={['Test', 'Value', 'Lower', 'Upper', 'Threshold', 'Verdict']}>
    {tests.map((test, i) => (
      <Table.Tr key={`${test.name} ${i}`}>
        <Table.Th scope="row">{testName(test)}</Table.Th>
        <Table.Td>{figure(test.value)}</Table.Td>
        <Table.Td>{figure(test.lower)}</Table.Td>
        <Table.Td>{figure(test.upper)}</Table.Td>
        <Table.Td>{figure(test.threshold)}</Table.Td>
        <Table.Td>
          {mark(test.verdict)} {verdictInWords(test.verdict)}
        </Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);

type Arm = EvidenceRecord['candidate'];

const rows: readonly (readonly [string, (arm: Arm) => string])[] = [
  ['Settled conversations', ({ units }) => String(units)],
  ['Success rate', ({ units, failedUnits }) => (units === 0 ? '–' : percent((units - failedUnits) / units))],
  ['Failed conversations', ({ failedUnits }) => String(failedUnits)],
  ['Errors', ({ errors }) => String(errors)],
  ['Unsafe answers', ({ unsafe }) => String(unsafe)],
  ['Latency, 95th percentile', ({ latencyP95Ms }) => (latencyP95Ms === null ? '–' : `${latencyP95Ms.toFixed(0)} ms`)],
  ['Quality, mean score', ({ quality }) => (quality ? `${quality.mean.toFixed(3)} of ${quality.count}` : 'not measured')],
  ['Cost a request', ({ costUsd }) => (costUsd ? `$${costUsd.mean.toPrecision(3)} of ${costUsd.count}` : 'not told')],
];

export const ArmsTable = ({ evidence: { candidate, control } }: { readonly evidence: EvidenceRecord }) => (
  <ScrollTable label="Arms" minWidth={300} caption="Counts of the present stage" titles={['Measure', 'Candidate', 'Champion']}>
    {rows.map(([name, show]) => (
      <Table.Tr key={name}>
        <Table.Th scope="row">{name}</Table.Th>
        <Table.Td>{show(candidate)}</Table.Td>
        <Table.Td>{show(control)}</Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);

/** All that a transition rests on. */
export const EvidenceView = memo(({ evidence }: { readonly evidence: EvidenceRecord }) => (
  <Stack gap="sm">
    <ArmsTable evidence={evidence} />
    {evidence.tests.length > 0 && <TestsTable tests={evidence.tests} />}
    <Text size="xs">
      Formulas: {evidence.formulaVersion}
      {evidence.offsets && evidence.offsets.length > 0 && `. Counted up to ${evidence.offsets.map(({ topic, partition, offset }) => `${topic} ${partition} @ ${offset}`).join(', ')}`}
    </Text>
  </Stack>
));
EvidenceView.displayName = 'EvidenceView';
