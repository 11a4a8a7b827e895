import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { percent } from '../rollouts/words';
import type { LookRow } from './words';

const COLOR = 'var(--mantine-color-indigo-6)';
const TEXT = { fill: 'var(--mantine-color-text)', fontSize: 12 };

const shown = (value: unknown): string => (Array.isArray(value) ? `${percent(Number(value[0]), 2)} to ${percent(Number(value[1]), 2)}` : percent(value as number, 2));

/** The difference and its interval at each look, by the number of conversations. */
export const LooksChart = ({ looks }: { readonly looks: readonly LookRow[] }) => {
  const figures = looks.map(({ units, difference, interval }) => `after ${units} conversations ${percent(difference, 2)}, between ${percent(interval[0], 2)} and ${percent(interval[1], 2)}`);
  return (
    <div role="img" aria-label={`Treatment minus control in success: ${figures.slice(-20).join('; ')}.`}>
      <ResponsiveContainer width="100%" height={240}>
        <ComposedChart data={[...looks]} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid strokeDasharray="3 3" stroke="var(--mantine-color-default-border)" />
          <XAxis dataKey="units" type="number" domain={['dataMin', 'dataMax']} tick={TEXT} />
          <YAxis tickFormatter={(value: number) => percent(value, 0)} tick={TEXT} width={56} />
          <Tooltip formatter={shown} labelFormatter={(units) => `${units} conversations`} contentStyle={{ background: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)' }} />
          <ReferenceLine y={0} stroke="var(--mantine-color-dimmed)" />
          <Area dataKey="interval" name="interval" stroke="none" fill={COLOR} fillOpacity={0.22} isAnimationActive={false} dot={{ r: 3 }} />
          <Line dataKey="difference" name="difference" stroke={COLOR} strokeWidth={2} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
};
