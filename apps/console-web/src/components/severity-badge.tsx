import { Badge } from '@mantine/core';
import type { Severity } from '@ratchet/console-api';

const looks = { info: { sign: 'ℹ', color: 'blue' }, warning: { sign: '▲', color: 'yellow' }, critical: { sign: '✖', color: 'red' } } as const;

/** Sign and word say it; the colour only helps. */
export const SeverityBadge = ({ severity }: { readonly severity: Severity }) => (
  <Badge variant="outline" color={looks[severity].color} styles={{ label: { color: 'var(--mantine-color-text)' } }}>
    <span aria-hidden="true">{looks[severity].sign}</span> {severity}
  </Badge>
);
