import type { CSSProperties } from 'react';
import type { DiffPart } from './word-diff';

const removed: CSSProperties = { textDecoration: 'line-through', background: 'light-dark(var(--mantine-color-red-1), var(--mantine-color-red-9))', color: 'light-dark(var(--mantine-color-black), var(--mantine-color-white))' };
const added: CSSProperties = { textDecoration: 'underline', fontWeight: 600, background: 'light-dark(var(--mantine-color-green-1), #0b4a1e)', color: 'light-dark(var(--mantine-color-black), var(--mantine-color-white))' };

/** One side of a comparison: the old text with what went, or the new one with what came. */
export const DiffText = ({ parts, side }: { readonly parts: readonly DiffPart[]; readonly side: 'old' | 'new' }) => (
  <>
    {parts.map(({ kind, text }, place) => {
      if (kind === 'same') return <span key={place}>{text}</span>;
      if (kind === 'removed') return side === 'old' ? <del key={place} style={removed}>{text}</del> : null;
      return side === 'new' ? <ins key={place} style={added}>{text}</ins> : null;
    })}
  </>
);
