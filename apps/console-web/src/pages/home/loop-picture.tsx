import { Table, Text } from '@mantine/core';
import type { Lag } from '@ratchet/console-api';
import { TableHead } from '../../components/scroll-table';
import { type LoopArrow, marks, stateOfService, wordsOfState } from './loop-facts';

const SIZE = { width: 1000, height: 350 };
const BOX = { width: 170, height: 52 };

/** Where each service stands: the upper row from left to right, the lower one back. */
const places: Readonly<Record<string, readonly [number, number]>> = {
  'gateway': [90, 90], 'signal-detector': [363, 90], 'analyzer': [636, 90], 'data-generator': [910, 90],
  'trainer-dispatcher': [910, 300], 'evaluator': [500, 300], 'rollout-controller': [90, 300],
};

const edgeOf = ([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): { line: string; label: [number, number] } => {
  if (x1 === x2) {
    const down = y2 > y1 ? 1 : -1;
    return { line: `M ${x1} ${y1 + (down * BOX.height) / 2} V ${y2 - (down * BOX.height) / 2 - down * 8}`, label: [x1, (y1 + y2) / 2] };
  }
  const right = x2 > x1 ? 1 : -1;
  return { line: `M ${x1 + (right * BOX.width) / 2} ${y1} H ${x2 - (right * BOX.width) / 2 - right * 8}`, label: [(x1 + x2) / 2, y1] };
};

const Arrow = ({ arrow }: { readonly arrow: LoopArrow }) => {
  const [from, to] = [places[arrow.from], places[arrow.to]];
  if (!from || !to) return null;
  const { line, label: [x, y] } = edgeOf(from, to);
  const isVertical = from[0] === to[0];
  const anchor = isVertical ? (x > SIZE.width / 2 ? 'end' : 'start') : 'middle';
  const at = isVertical ? x + (anchor === 'end' ? -12 : 12) : x;
  return (
    <g>
      <path d={line} stroke="var(--mantine-color-text)" strokeWidth={1.5} fill="none" markerEnd="url(#loop-arrow)" />
      <text x={at} y={isVertical ? y - 4 : y - 54} textAnchor={anchor} fontSize={14} fill="var(--mantine-color-text)">{arrow.carries}</text>
      <text x={at} y={isVertical ? y + 16 : y - 35} textAnchor={anchor} fontSize={15} fontWeight={700} fill="var(--mantine-color-text)">{arrow.now}</text>
    </g>
  );
};

const Service = ({ name, lag }: { readonly name: string; readonly lag: Lag | undefined }) => {
  const [x, y] = places[name] ?? [0, 0];
  const state = stateOfService(lag, name);
  return (
    <g>
      <rect x={x - BOX.width / 2} y={y - BOX.height / 2} width={BOX.width} height={BOX.height} rx={6} fill="var(--mantine-color-body)" stroke="var(--mantine-color-text)" strokeWidth={state === 'absent' ? 3 : 1.5} strokeDasharray={state === 'absent' ? '6 4' : undefined} />
      <text x={x} y={y - 2} textAnchor="middle" fontSize={15} fontWeight={600} fill="var(--mantine-color-text)">{name}</text>
      <text x={x} y={y + 17} textAnchor="middle" fontSize={12} fill="var(--mantine-color-text)">{`${marks[state]} ${wordsOfState[state]}`}</text>
    </g>
  );
};

interface LoopProps {
  readonly arrows: readonly LoopArrow[];
  readonly lag: Lag | undefined;
}

/** The loop as a picture, for wide screens. */
export const LoopPicture = ({ arrows, lag }: LoopProps) => (
  <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} width="100%" role="img" aria-label={`The loop: ${arrows.map(({ from, to, carries, now }) => `${from} to ${to}, ${carries}: ${now}`).join('; ')}`}>
    <defs>
      <marker id="loop-arrow" viewBox="0 0 10 10" refX={6} refY={5} markerWidth={8} markerHeight={8} orient="auto">
        <path d="M 0 0 L 10 5 L 0 10 z" fill="var(--mantine-color-text)" />
      </marker>
    </defs>
    {arrows.map((arrow) => <Arrow key={arrow.from} arrow={arrow} />)}
    {Object.keys(places).map((name) => <Service key={name} name={name} lag={lag} />)}
  </svg>
);

/** The same in rows, for narrow ones. */
export const LoopTable = ({ arrows, lag }: LoopProps) => (
  <Table>
    <TableHead titles={['From', 'Carries', 'Now']} />
    <Table.Tbody>
      {arrows.map(({ from, carries, now }) => (
        <Table.Tr key={from}>
          <Table.Td>
            {from}
            <Text size="xs">{`${marks[stateOfService(lag, from)]} ${wordsOfState[stateOfService(lag, from)]}`}</Text>
          </Table.Td>
          <Table.Td>{carries}</Table.Td>
          <Table.Td fw={700}>{now}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
