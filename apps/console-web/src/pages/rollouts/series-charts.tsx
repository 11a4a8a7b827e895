import { Collapse, Button, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Series } from '@ratchet/console-api';
import { memo } from 'react';
import { Area, CartesianGrid, ComposedChart, Legend, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { type ChartRow, chartRows, lowestOf, stageStarts, tablePoints } from './chart-rows';
import { ArmsNow } from './arms-now';
import { percent, rateInWords } from './words';

const CANDIDATE = 'var(--mantine-color-orange-7)';
const CHAMPION = 'var(--mantine-color-blue-6)';
const LINE = 'var(--mantine-color-red-6)';
const TEXT = { fill: 'var(--mantine-color-text)', fontSize: 12 };
const HEIGHT = 280;

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const still = { isAnimationActive: false, connectNulls: false, dot: false } as const;

export interface ArmNames {
  readonly candidate: string;
  readonly champion: string;
}

interface ChartProps {
  readonly rows: readonly ChartRow[];
  readonly starts: readonly { readonly stage: number; readonly at: number }[];
  readonly names: ArmNames;
}

const shown = (value: unknown): string => (Array.isArray(value) ? `${percent(Number(value[0]))} to ${percent(Number(value[1]))}` : percent(value as number | null));

const frame = ({ rows, starts }: Pick<ChartProps, 'rows' | 'starts'>, domain: readonly [number | 'auto', number | 'auto']) => [
  <CartesianGrid key="grid" strokeDasharray="3 3" stroke="var(--mantine-color-default-border)" />,
  <XAxis key="x" dataKey="at" type="number" scale="time" domain={['dataMin', 'dataMax']} tickFormatter={(at: number) => time.format(at)} tick={TEXT} minTickGap={40} />,
  <YAxis key="y" domain={[...domain]} allowDataOverflow={domain[0] !== 'auto'} tickFormatter={(value: number) => percent(value, 0)} tick={TEXT} width={56} />,
  <Tooltip key="tip" formatter={shown} labelFormatter={(at) => moment.format(Number(at))} contentStyle={{ background: 'var(--mantine-color-body)', borderColor: 'var(--mantine-color-default-border)', color: 'var(--mantine-color-text)' }} />,
  <Legend key="legend" formatter={(name) => <span style={{ color: 'var(--mantine-color-text)' }}>{name}</span>} />,
  ...starts.slice(rows.length > 0 ? 1 : 0).map(({ stage, at }) => <ReferenceLine key={`stage ${stage}`} x={at} stroke="var(--mantine-color-dimmed)" strokeDasharray="2 4" label={{ value: `stage ${stage}`, position: 'insideTopLeft', ...TEXT }} />),
];

const RatesChart = ({ rows, starts, names }: ChartProps) => (
  <ResponsiveContainer width="100%" height={HEIGHT}>
    <ComposedChart data={[...rows]} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
      {frame({ rows, starts }, [lowestOf(rows), 1])}
      <Area {...still} legendType="square" dataKey="championBand" name={`${names.champion}: band`} stroke="none" fill={CHAMPION} fillOpacity={0.18} />
      <Area {...still} legendType="square" dataKey="candidateBand" name={`${names.candidate}: band`} stroke="none" fill={CANDIDATE} fillOpacity={0.18} />
      <Line {...still} legendType="plainline" dataKey="champion" name={names.champion} stroke={CHAMPION} strokeWidth={2} />
      <Line {...still} legendType="plainline" dataKey="candidate" name={names.candidate} stroke={CANDIDATE} strokeWidth={2} strokeDasharray="8 3" />
      {rows.some(({ rollbackLine }) => rollbackLine !== null) && <Line {...still} legendType="plainline" dataKey="rollbackLine" name="rollback line" stroke={LINE} strokeWidth={2} strokeDasharray="2 3" />}
    </ComposedChart>
  </ResponsiveContainer>
);

const ContrastChart = ({ rows, starts }: ChartProps) => (
  <ResponsiveContainer width="100%" height={220}>
    <ComposedChart data={[...rows]} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
      {frame({ rows, starts }, ['auto', 'auto'])}
      <ReferenceLine y={0} stroke={LINE} strokeDasharray="2 3" strokeWidth={2} label={{ value: 'rollback line', position: 'insideBottomRight', ...TEXT }} />
      <Area {...still} legendType="square" dataKey="contrastBand" name="bounds" stroke="none" fill={CANDIDATE} fillOpacity={0.25} />
      <Line {...still} legendType="plainline" dataKey="contrast" name="candidate minus rollback line" stroke={CANDIDATE} strokeWidth={2} />
    </ComposedChart>
  </ResponsiveContainer>
);

/** The figures of the charts, for those who do not see them. */
const Figures = ({ series, names }: { readonly series: Series; readonly names: ArmNames }) => (
  <ScrollTable striped label="Figures of the charts" minWidth={760} caption="Success by time, each arm with its band; errors, latency and cost of candidate and champion" titles={['When', 'Stage', names.candidate, names.champion, 'Rollback line', 'Errors', 'Unsafe', 'p95, ms', 'Cost, $']}>
    {tablePoints(series).map(({ at, stage, candidate, champion, rollbackLine }) => (
      <Table.Tr key={`${at} ${stage}`}>
        <Table.Td>
          <When at={at} />
        </Table.Td>
        <Table.Td>{stage}</Table.Td>
        <Table.Td>{rateInWords(candidate)}</Table.Td>
        <Table.Td>{rateInWords(champion)}</Table.Td>
        <Table.Td>{percent(rollbackLine)}</Table.Td>
        <Table.Td>{`${candidate.errors} of ${candidate.requests} / ${champion.errors} of ${champion.requests}`}</Table.Td>
        <Table.Td>{`${candidate.unsafe} / ${champion.unsafe}`}</Table.Td>
        <Table.Td>{`${candidate.latencyP95Ms?.toFixed(0) ?? '–'} / ${champion.latencyP95Ms?.toFixed(0) ?? '–'}`}</Table.Td>
        <Table.Td>{`${candidate.costUsd?.toPrecision(3) ?? '–'} / ${champion.costUsd?.toPrecision(3) ?? '–'}`}</Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);

const summaryOf = ({ points, margin }: Series, names: ArmNames): string => {
  const last = points.at(-1);
  if (!last) return 'Nothing has been counted yet.';
  const line = last.rollbackLine === null ? '' : `, the rollback line at ${percent(last.rollbackLine)} (the champion's rate less ${percent(margin, 0)} of it)`;
  return `In stage ${last.stage}: ${names.candidate} ${rateInWords(last.candidate)} of ${last.candidate.units} conversations, ${names.champion} ${rateInWords(last.champion)} of ${last.champion.units}${line}.`;
};

/** Success rates of both arms over time with their bands, and the difference that the stage's test looks at. Drawn anew for new figures alone: it is most of the page's work. */
export const SeriesCharts = memo(({ series, names }: { readonly series: Series; readonly names: ArmNames }) => {
  const [isOpen, { toggle }] = useDisclosure();
  const last = series.points.at(-1);
  if (!last) return <Text>Nothing has been counted yet.</Text>;
  const rows = chartRows(series);
  const props = { rows, starts: stageStarts(series), names };
  const summary = summaryOf(series, names);
  const hasContrast = rows.some(({ contrast }) => contrast !== null);
  return (
    <Stack gap="xs">
      <Text>{summary}</Text>
      <ArmsNow point={last} names={names} />
      <div role="img" aria-label={`Success rates over time. ${summary}`}>
        <RatesChart {...props} />
      </div>
      {hasContrast && (
        <>
          <Title order={3} size="h5">
            Candidate minus rollback line, in the stage
          </Title>
          <Text size="sm">Wholly below zero it is harm; wholly above zero the candidate is not worse in this stage (the proof before the last stage is over all of them). Drawn at the whole error rate; the controller shares it among its guards, so its own bounds, in the table of tests, are a little wider.</Text>
          <div role="img" aria-label="The difference between the candidate and the rollback line over time; its figures are in the table of tests">
            <ContrastChart {...props} />
          </div>
        </>
      )}
      <Text size="xs">Bands: {series.method}. Counts in steps of {series.bucketSeconds} s.</Text>
      <Button variant="default" size="compact-sm" onClick={toggle} aria-expanded={isOpen} w="fit-content">
        {isOpen ? 'Hide figures' : 'Show figures'}
      </Button>
      <Collapse expanded={isOpen}>{isOpen && <Figures series={series} names={names} />}</Collapse>
    </Stack>
  );
});
SeriesCharts.displayName = 'SeriesCharts';
