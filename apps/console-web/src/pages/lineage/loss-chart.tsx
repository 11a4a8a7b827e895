import { LineChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import type { CycleDetail } from '@ratchet/console-api';
import { Nothing } from '../../components/nothing';
import { shortNumber } from '../../components/format';
import { ListTable } from '../../components/list-table';
import { sampled } from './sampled';

type Curve = CycleDetail['lossCurve'];

const series = [
  { name: 'trainLoss', label: 'New examples', color: 'indigo.6', strokeDasharray: '0' },
  { name: 'retentionLoss', label: 'Retained examples', color: 'teal.7', strokeDasharray: '6 3' },
  { name: 'validLoss', label: 'Validation', color: 'orange.7', strokeDasharray: '2 3' },
  { name: 'penalty', label: 'Elastic penalty', color: 'grape.6', strokeDasharray: '10 3 2 3' },
] as const;

const TABLE_ROWS = 12;

/** How the loss went, as lines and, for a few of the steps, in figures. */
export const LossChart = ({ curve }: { readonly curve: Curve }) => {
  if (curve.length === 0) return <Nothing>The trainer told no losses of this run.</Nothing>;
  const told = series.filter(({ name }) => curve.some((point) => point[name] !== undefined));
  return (
    <>
      <div role="img" aria-label={`Loss over ${curve.length} points up to step ${curve.at(-1)?.step}; the table below has the figures.`}>
        <LineChart h={260} data={[...curve]} dataKey="step" series={told.map((one) => ({ ...one }))} withDots={curve.length < 40} withLegend connectNulls curveType="linear" valueFormatter={shortNumber} xAxisLabel="Step" yAxisLabel="Loss" lineChartProps={{ accessibilityLayer: false }} />
      </div>
      <Text size="sm">Each point is a mean over the steps since the point before.</Text>
      <ListTable
        label="Losses at some of the steps"
        minWidth={320}
        headings={['Step', ...told.map(({ label }) => label)]}
        rows={sampled(curve, TABLE_ROWS).map((point) => ({ key: String(point.step), cells: [point.step, ...told.map(({ name }) => (point[name] === undefined ? '–' : shortNumber(point[name])))] }))}
      />
    </>
  );
};
