import { Button, Collapse, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { EvidenceRecord } from '@ratchet/domain';
import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { When } from '../../components/when';
import { EvidenceView } from './evidence-view';
import type { TimelineEntry } from './timeline';

const Evidence = ({ rolloutId, transitionId }: { readonly rolloutId: string; readonly transitionId: string }) => {
  const found = useQuery({
    queryKey: ['rollouts', rolloutId, 'transition', transitionId],
    queryFn: () => read<{ evidence: EvidenceRecord }>(`/api/rollouts/${encodeURIComponent(rolloutId)}/transitions/${encodeURIComponent(transitionId)}`),
    staleTime: Infinity,
  });
  return <Answer of={found}>{({ evidence }) => <EvidenceView evidence={evidence} />}</Answer>;
};

const Entry = ({ rolloutId, entry }: { readonly rolloutId: string; readonly entry: TimelineEntry }) => {
  const [isOpen, { toggle }] = useDisclosure();
  const { at, who, what, why, isPerson, transitionId, refusal } = entry;
  return (
    <Paper component="li" withBorder p="xs" style={{ borderInlineStartWidth: 4, borderInlineStartColor: isPerson ? 'var(--mantine-color-grape-6)' : 'var(--mantine-color-indigo-6)' }}>
      <Text size="sm">
        <When at={at} /> · {isPerson ? 'Person' : 'Automation'}
      </Text>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {who} {what}
      </Text>
      <Text style={{ overflowWrap: 'anywhere' }}>{why}</Text>
      {refusal !== undefined && (
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          Refused: {refusal}
        </Text>
      )}
      {transitionId !== undefined && (
        <>
          <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={isOpen}>
            {isOpen ? 'Hide evidence' : 'Show evidence'}
          </Button>
          <Collapse expanded={isOpen}>{isOpen && <Evidence rolloutId={rolloutId} transitionId={transitionId} />}</Collapse>
        </>
      )}
    </Paper>
  );
};

/** The newest first. */
export const TimelineView = memo(({ rolloutId, entries }: { readonly rolloutId: string; readonly entries: readonly TimelineEntry[] }) => (
  <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
    {entries.map((entry) => (
      <Entry key={entry.key} rolloutId={rolloutId} entry={entry} />
    ))}
  </Stack>
));
TimelineView.displayName = 'TimelineView';
