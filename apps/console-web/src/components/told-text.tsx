import type { CSSProperties, ReactNode } from 'react';

const style: CSSProperties = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate', fontSize: 'var(--mantine-font-size-sm)' };

/** What a user or a model wrote, as they wrote it: text alone, whose direction stays its own. */
export const ToldText = ({ children }: { readonly children: ReactNode }) => (
  <div dir="auto" style={style}>
    {children}
  </div>
);
