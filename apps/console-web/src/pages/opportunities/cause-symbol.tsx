import type { MappedCluster } from '@ratchet/console-api';
import { Symbols } from 'recharts';
import { causeLooks } from './cause-looks';

interface CauseSymbolProps {
  readonly rootCause: MappedCluster['rootCause'];
  readonly x: number;
  readonly y: number;
  /** In square pixels. */
  readonly area: number;
  readonly strong?: boolean;
}

/** The sign of a root cause, in an SVG; its edge has the colour of text, which stands out from any background. */
export const CauseSymbol = ({ rootCause, x, y, area, strong = false }: CauseSymbolProps) => (
  <Symbols type={causeLooks[rootCause].type} cx={x} cy={y} size={area} fill={causeLooks[rootCause].color} fillOpacity={0.8} stroke="var(--mantine-color-text)" strokeWidth={strong ? 3 : 1} />
);
