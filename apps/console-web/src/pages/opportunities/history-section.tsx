import { LineChart } from '@mantine/charts';
import { Stack, Table, Text } from '@mantine/core';
import type { OpportunityHistory } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { shortNumber } from '../../components/format';
import { Links } from '../../components/links';
import { Nothing } from '../../components/nothing';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { type HistoryMark, type HistoryPoint, happened, historyMarks, historyPoints } from './history-points';

interface ShownProps extends OpportunityHistory {
  readonly opportunityId: string;
}

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' });

interface ChartProps {
  readonly title: string;
  readonly of: 'size' | 'priority';
  readonly color: string;
  readonly points: readonly HistoryPoint[];
  readonly marks: readonly HistoryMark[];
}

const Chart = ({ title, of, color, points, marks }: ChartProps) => {
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const lines = marks.map(({ at, label, isEnd }, place) => {
    const side = at - from > (to - from) / 2 ? 'Right' : 'Left';
    // Neighbours do not write over each other.
    const words = { value: label, position: `inside${place % 2 === 0 ? 'Top' : 'Bottom'}${side}`, fill: 'var(--mantine-color-text)', fontSize: 12 } as const;
    return { x: at, label: words, color: isEnd ? 'teal.7' : 'orange.7' };
  });
  return (
    <div role="img" aria-label={`${title} over time; the table below has the figures.`}>
      <Text size="sm" fw={600}>{title}</Text>
      <LineChart
        h={170}
        data={[...points]}
        dataKey="at"
        series={[{ name: of, label: title, color }]}
        curveType="stepAfter"
        connectNulls={false}
        withDots={points.length < 30}
        valueFormatter={shortNumber}
        lineChartProps={{ accessibilityLayer: false }}
        xAxisProps={{ type: 'number', scale: 'time', domain: [from, to], tickFormatter: (at: number) => date.format(at) }}
        yAxisProps={{ domain: [0, 'auto'] }}
        tooltipProps={{ labelFormatter: (at) => new Date(Number(at)).toLocaleString() }}
        referenceLines={lines}
      />
    </div>
  );
};

const Entries = ({ items, opportunityId }: ShownProps) => (
  <ScrollTable striped withTableBorder label="History in figures" minWidth={640} maxHeight={360} titles={['When', 'What', 'Failures', 'Users', 'Priority', 'Rank', 'Also from']}>
    {items.map((entry, place) => (
      <Table.Tr key={`${entry.at} ${place}`}>
        <Table.Td><When at={entry.at} /></Table.Td>
        <Table.Td>{happened(items, place)}</Table.Td>
        <Table.Td>{entry.size ?? '–'}</Table.Td>
        <Table.Td>{entry.affectedUsers ?? '–'}</Table.Td>
        <Table.Td>{entry.priority === null ? '–' : shortNumber(entry.priority)}</Table.Td>
        <Table.Td>{entry.rank ?? '–'}</Table.Td>
        <Table.Td>{entry.from.every((id) => id === opportunityId) ? '–' : <Links to="/opportunities" ids={entry.from.filter((id) => id !== opportunityId)} />}</Table.Td>
      </Table.Tr>
    )).toReversed()}
  </ScrollTable>
);

const Shown = ({ items, opportunityId }: ShownProps) => {
  if (items.length === 0) return <Nothing>Nothing of the last 400 days.</Nothing>;
  const points = historyPoints(items, Date.now());
  const marks = historyMarks(items);
  return (
    <Stack>
      <Chart title="Failures" of="size" color="indigo.6" points={points} marks={marks} />
      <Chart title="Priority" of="priority" color="grape.6" points={points} marks={marks} />
      <Entries items={items} opportunityId={opportunityId} />
    </Stack>
  );
};

/** What analyses found of a cluster, one after the other, and what became of it. */
export const History = ({ opportunityId }: { readonly opportunityId: string }) => {
  const history = useQuery({ queryKey: ['opportunities', 'history', opportunityId], queryFn: () => read<OpportunityHistory>(`/api/opportunities/${encodeURIComponent(opportunityId)}/history`) });
  return <Answer of={history}>{({ items }) => <Shown items={items} opportunityId={opportunityId} />}</Answer>;
};
