import { Button, Group, Kbd } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeyAction } from './keys';

interface ActionBarProps {
  readonly act: (action: KeyAction) => void;
  /** Items that a decision would be for. */
  readonly count: number;
  readonly canUndo: boolean;
}

const Label = ({ keyName, children }: { readonly keyName: string; readonly children: ReactNode }) => (
  <Group gap={6} wrap="nowrap">
    {children} <Kbd size="xs" visibleFrom="sm">{keyName}</Kbd>
  </Group>
);

/** The same as the keys do, for mouse and touch. */
export const ActionBar = ({ act, count, canUndo }: ActionBarProps) => {
  const many = count > 1 ? ` ${count}` : '';
  return (
    <Group gap="xs" py="xs" role="toolbar" aria-label="Decide" style={{ position: 'sticky', top: 'var(--app-shell-header-height, 0)', zIndex: 2, background: 'var(--mantine-color-body)' }}>
      <Button size="xs" onClick={() => act('approve')} disabled={count === 0}>
        <Label keyName="a">Approve{many}</Label>
      </Button>
      <Button size="xs" variant="default" onClick={() => act('edit')} disabled={count !== 1}>
        <Label keyName="e">Edit</Label>
      </Button>
      <Button size="xs" variant="default" onClick={() => act('reject')} disabled={count === 0}>
        <Label keyName="r">Reject{many}</Label>
      </Button>
      <Button size="xs" variant="default" onClick={() => act('skip')} disabled={count === 0}>
        <Label keyName="s">Skip</Label>
      </Button>
      <Button size="xs" variant="default" onClick={() => act('undo')} disabled={!canUndo}>
        <Label keyName="u">Undo</Label>
      </Button>
      <Button size="xs" variant="default" onClick={() => act('previous')} aria-label="Previous item">
        ↑
      </Button>
      <Button size="xs" variant="default" onClick={() => act('next')} aria-label="Next item">
        ↓
      </Button>
      <Button size="xs" variant="default" onClick={() => act('keys')}>
        <Label keyName="?">Keys</Label>
      </Button>
    </Group>
  );
};
