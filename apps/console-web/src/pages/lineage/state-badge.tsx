import { Badge } from '@mantine/core';
import { colorOf, words } from '../../components/format';

/** A state in words; the colour only helps to find it. */
export const StateBadge = ({ state }: { readonly state: string | null }) =>
  state === null ? (
    <span>–</span>
  ) : (
    <Badge variant="outline" color={colorOf(state)} c="var(--mantine-color-text)" tt="none" style={{ minWidth: 'max-content' }}>
      {words(state)}
    </Badge>
  );
