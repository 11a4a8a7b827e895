import type { MappedCluster } from '@ratchet/console-api';

/** Shape and colour both tell the root cause. `reach`: from the middle to the end of a symbol with an area of 1. */
export const causeLooks = {
  knowledge_gap: { type: 'circle', reach: 0.57, color: 'var(--mantine-color-blue-6)' },
  intent_misunderstood: { type: 'square', reach: 0.71, color: 'var(--mantine-color-orange-6)' },
  format_unclear: { type: 'triangle', reach: 0.88, color: 'var(--mantine-color-teal-6)' },
  over_conservative_safety: { type: 'diamond', reach: 0.93, color: 'var(--mantine-color-grape-6)' },
  insufficient_grounding: { type: 'cross', reach: 0.71, color: 'var(--mantine-color-yellow-6)' },
} as const satisfies Record<MappedCluster['rootCause'], unknown>;
