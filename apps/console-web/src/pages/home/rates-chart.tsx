import { LineChart } from '@mantine/charts';
import { Button, Group, SegmentedControl, Select, Stack, Table, Text } from '@mantine/core';
import { useDisclosure, useElementSize } from '@mantine/hooks';
import type { FailureRates, Loop, Range } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { bucketOf, chartPointsOf, rowsOf, seriesOf, sideOf, timesShown } from './chart-points';

const colors = ['indigo.6', 'orange.6', 'teal.6', 'grape.6', 'cyan.6', 'red.6'];
const dashes = ['0', '6 3', '2 3', '10 3 2 3'];

const shortTime = (at: number, range: Range): string => new Intl.DateTimeFormat(undefined, range === 'hour' || range === 'day' ? { timeStyle: 'short' } : { dateStyle: 'short' }).format(at);

const Marks = ({ marks }: Pick<FailureRates, 'marks'>) => (
  <Stack gap={2} component="ul" m={0} pl="md">
    {marks.map(({ at, kind, version, rolloutId }) => (
      <li key={`${at} ${version} ${kind}`}>
        <Text size="sm" span>
          <Link to={`/rollouts/${encodeURIComponent(rolloutId)}`}>{version}</Link> {kind === 'promoted' ? '▲ promoted' : '▼ rolled back'} <When at={at} />
        </Text>
      </li>
    ))}
  </Stack>
);

const percentOf = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
const intervalOf = ({ lower, upper }: FailureRates['versions'][number]['points'][number]): string => `${(lower * 100).toFixed(1)} to ${percentOf(upper)}`;

const Numbers = ({ versions }: Pick<FailureRates, 'versions'>) => (
  <ScrollTable label="Failure rates in numbers" minWidth={480} titles={['Version', 'Newest', 'Failure rate', '95 % interval', 'Outcomes']}>
    {versions.map(({ version, points }) => {
      const last = points.at(-1);
      return (
        <Table.Tr key={version}>
          <Table.Th scope="row">{version}</Table.Th>
          <Table.Td><When at={last?.at} /></Table.Td>
          <Table.Td>{last ? percentOf(last.rate) : '–'}</Table.Td>
          <Table.Td>{last ? intervalOf(last) : '–'}</Table.Td>
          <Table.Td>{points.reduce((sum, { outcomes }) => sum + outcomes, 0).toLocaleString('en')}</Table.Td>
        </Table.Tr>
      );
    })}
  </ScrollTable>
);

/** The figures of the chart, for those who do not see it. */
const AllPoints = ({ versions }: Pick<FailureRates, 'versions'>) => {
  const [opened, { toggle }] = useDisclosure();
  const points = versions.flatMap(({ version, points: of }) => of.map((point) => ({ ...point, version }))).sort((a, b) => b.at.localeCompare(a.at));
  return (
    <>
      <Button variant="default" size="xs" onClick={toggle} aria-expanded={opened} style={{ alignSelf: 'start' }}>
        {opened ? 'Hide all points' : `Show all ${points.length} points`}
      </Button>
      {opened && (
        <ScrollTable striped label="All points of the chart" minWidth={480} maxHeight={320} titles={['From', 'Version', 'Failure rate', '95 % interval', 'Outcomes']}>
          {points.map((point) => (
            <Table.Tr key={`${point.at} ${point.version}`}>
              <Table.Td><When at={point.at} /></Table.Td>
              <Table.Td>{point.version}</Table.Td>
              <Table.Td>{percentOf(point.rate)}</Table.Td>
              <Table.Td>{intervalOf(point)}</Table.Td>
              <Table.Td>{point.outcomes.toLocaleString('en')}</Table.Td>
            </Table.Tr>
          ))}
        </ScrollTable>
      )}
    </>
  );
};

/** What the axis of rates takes of the chart's width. */
const AXES_PX = 70;
const LABEL = { fontSize: 12, charPx: 7.5, gapPx: 10, linePx: 15, rowsMax: 12, charsMax: 20 };

/** Lines with words; marks beyond the rows that there is room for have only their line, and are in the list below. */
const markLines = (rates: FailureRates, chartPx: number) => {
  const times = timesShown(rates);
  const marks = rates.marks.map(({ at, kind, version }) => ({ at: bucketOf(at, rates.bucketSeconds), kind, words: `${kind === 'promoted' ? '▲' : '▼'} ${version.slice(0, LABEL.charsMax)}` }));
  const rows = rowsOf(marks.map(({ at, words }) => ({ at, width: (words.length * LABEL.charPx + LABEL.gapPx) / Math.max(1, chartPx) })), times);
  return marks.map(({ at, kind, words }, i) => {
    const row = rows[i] ?? 0;
    const position = sideOf(at, times) === 'left' ? 'insideBottomRight' : 'insideBottomLeft';
    // The words lie over lines of other colours: only the line has the mark's.
    const label = { value: words, position, dy: -row * LABEL.linePx, fill: 'var(--mantine-color-text)', fontSize: LABEL.fontSize } as const;
    return { x: at, color: kind === 'promoted' ? 'teal.7' : 'red.7', ...(row < LABEL.rowsMax && { label }) };
  });
};

const Chart = ({ rates, range }: { readonly rates: FailureRates; readonly range: Range }) => {
  const { ref, width } = useElementSize();
  if (rates.versions.length === 0) return <Nothing>Nothing was counted in this time.</Nothing>;
  return (
    <Stack>
      <div ref={ref} role="img" aria-label="Failure rate by version over time; the numbers are in the table below">
        <LineChart
          h={260}
          data={chartPointsOf(rates)}
          dataKey="at"
          unit=" %"
          withLegend
          withDots={rates.versions.every(({ points }) => points.length < 3)}
          connectNulls
          lineChartProps={{ accessibilityLayer: false }}
          xAxisProps={{ type: 'number', scale: 'time', domain: timesShown(rates), tickFormatter: (at: number) => shortTime(at, range) }}
          tooltipProps={{ labelFormatter: (at) => new Date(Number(at)).toLocaleString() }}
          series={rates.versions.map(({ version }, i) => ({ name: seriesOf(version), label: version, color: colors[i % colors.length] ?? 'gray.6', strokeDasharray: dashes[i % dashes.length] ?? '0' }))}
          referenceLines={markLines(rates, width - AXES_PX)}
        />
      </div>
      <Numbers versions={rates.versions} />
      <Marks marks={rates.marks} />
      <AllPoints versions={rates.versions} />
    </Stack>
  );
};

/** Failure rates of one target's versions over time, with promotions and rollbacks. */
export const RatesChart = ({ targets }: { readonly targets: Loop['targets'] }) => {
  const [range, setRange] = useState<Range>('hour');
  const [chosen, setChosen] = useState<string | null>(null);
  const names = targets.map(({ model, workload }) => `${model} / ${workload}`);
  const target = targets[Math.max(0, names.indexOf(chosen ?? ''))];
  const rates = useQuery({
    queryKey: ['vitals', 'failure-rates', target?.model, target?.workload, range],
    queryFn: () => read<FailureRates>('/api/failure-rates', { model: target?.model, workload: target?.workload, range }),
    enabled: target !== undefined,
    placeholderData: (before) => before,
  });
  if (!target) return <Nothing>No model is served yet.</Nothing>;
  return (
    <Stack>
      <Group>
        <Select label="Target" w={{ base: '100%', sm: 280 }} data={names} value={`${target.model} / ${target.workload}`} onChange={setChosen} allowDeselect={false} />
        <SegmentedControl
          aria-label="Time shown"
          value={range}
          onChange={(value) => setRange(value as Range)}
          data={[{ value: 'hour', label: '1 hour' }, { value: 'day', label: '1 day' }, { value: 'week', label: '7 days' }, { value: 'month', label: '30 days' }]}
        />
      </Group>
      <Answer of={rates}>{(data) => <Chart rates={data} range={range} />}</Answer>
    </Stack>
  );
};
