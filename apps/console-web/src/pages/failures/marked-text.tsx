import type { CSSProperties } from 'react';
import { ToldText } from '../../components/told-text';
import type { Segment } from './evidence-marks';

const message: CSSProperties = { background: 'light-dark(var(--mantine-color-yellow-1), #3a3000)', color: 'inherit' };
const words: CSSProperties = { background: 'light-dark(var(--mantine-color-yellow-3), #665200)', color: 'inherit', fontWeight: 700, textDecoration: 'underline' };

/** A text with the evidence in it: the message that a signal rests on, its very words more strongly, and the numbers of the signals. */
export const MarkedText = ({ segments }: { readonly segments: readonly Segment[] }) => (
  <ToldText>
    {segments.map(({ text, kind, ends }, place) =>
      kind === 'plain' ? (
        <span key={place}>{text}</span>
      ) : (
        <mark key={place} style={kind === 'words' ? words : message}>
          {text}
          {ends.length > 0 && <sup>[{ends.join(', ')}]</sup>}
        </mark>
      ),
    )}
  </ToldText>
);
