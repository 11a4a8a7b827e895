import { List, Stack, Table, Text, Title } from '@mantine/core';
import type { ExperimentReading } from '@ratchet/console-api';
import { ScrollTable } from '../../components/scroll-table';
import { figure, percent } from '../rollouts/words';
import { verdictInWords } from './words';

type Arm = NonNullable<ExperimentReading['arms']>['control'];
type Segments = NonNullable<ExperimentReading['segments']>;

const armInWords = ({ units, failed }: Arm): string => (units === 0 ? 'nothing yet' : `${percent((units - failed) / units)} of ${units}`);
const interval = ({ difference, lower, upper }: Pick<ExperimentReading, 'difference' | 'lower' | 'upper'>): string => `${percent(difference, 2)} (${percent(lower, 2)} to ${percent(upper, 2)})`;

const SegmentsTable = ({ segments }: { readonly segments: Segments }) => (
  <ScrollTable striped label="Segments" minWidth={620} caption="By segment; p-values adjusted for their number" titles={['Segment', 'Treatment', 'Control', 'Difference', 'p', 'Verdict']}>
    {segments.map(({ segment, treatment, control, pValue, verdict, ...difference }) => (
      <Table.Tr key={segment}>
        <Table.Th scope="row">{segment}</Table.Th>
        <Table.Td>{armInWords(treatment)}</Table.Td>
        <Table.Td>{armInWords(control)}</Table.Td>
        <Table.Td>{interval(difference)}</Table.Td>
        <Table.Td>{figure(pValue)}</Table.Td>
        <Table.Td>{verdictInWords(verdict)}</Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);

/** Where an experiment stands by its last reading. */
export const ReadingView = ({ reading }: { readonly reading: ExperimentReading }) => {
  const { arms, pValue, adjusted, segments, sampleRatio } = reading;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        The last reading
      </Title>
      <List>
        <List.Item>
          Treatment minus control: {interval(reading)}
          {pValue !== undefined && `, p ${figure(pValue)} (adjusted for looking)`}
        </List.Item>
        {arms && <List.Item>{`Treatment ${armInWords(arms.treatment)}, control ${armInWords(arms.control)}`}</List.Item>}
        {adjusted && <List.Item>{`Adjusted for the covariate: ${interval(adjusted)}; ${percent(adjusted.varianceRatio, 0)} of the variance is left`}</List.Item>}
        {sampleRatio && (
          <List.Item>
            Split of the traffic: {sampleRatio.broken ? 'broken, so no winner can be named' : 'as it was meant to be'} (Bayes factor {figure(sampleRatio.bayesFactor)}, chi-square p {figure(sampleRatio.chiSquareP)})
          </List.Item>
        )}
        <List.Item>Guards: unsafe answers and errors of either arm end the experiment at once; the history says so where they did.</List.Item>
      </List>
      {segments && segments.length > 0 ? <SegmentsTable segments={segments} /> : <Text size="sm">No segments have been counted.</Text>}
    </Stack>
  );
};
