import type { MappedCluster } from '@ratchet/console-api';
import { Symbols } from 'recharts';

type RootCause = MappedCluster['rootCause'];

/** Shape and colour both tell the root cause. */
const looks = {
  knowledge_gap: { type: 'circle', color: 'var(--mantine-color-blue-6)' },
  intent_misunderstood: { type: 'square', color: 'var(--mantine-color-orange-6)' },
  format_unclear: { type: 'triangle', color: 'var(--mantine-color-teal-6)' },
  over_conservative_safety: { type: 'diamond', color: 'var(--mantine-color-grape-6)' },
  insufficient_grounding: { type: 'cross', color: 'var(--mantine-color-yellow-6)' },
} as const satisfies Record<RootCause, unknown>;

interface CauseSymbolProps {
  readonly rootCause: RootCause;
  readonly x: number;
  readonly y: number;
  /** In square pixels. */
  readonly area: number;
  readonly strong?: boolean;
}

/** The sign of a root cause, in an SVG; its edge has the colour of text, which stands out from any background. */
export const CauseSymbol = ({ rootCause, x, y, area, strong = false }: CauseSymbolProps) => (
  <Symbols type={looks[rootCause].type} cx={x} cy={y} size={area} fill={looks[rootCause].color} fillOpacity={0.8} stroke="var(--mantine-color-text)" strokeWidth={strong ? 3 : 1} />
);
