import { Checkbox, Group, ScrollArea, Text, UnstyledButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Session, SessionEvent } from './review-session';

interface QueueListProps {
  readonly session: Session;
  readonly dispatch: (event: SessionEvent) => void;
}

const QueueRow = ({ exampleId, session, dispatch }: QueueListProps & { readonly exampleId: string }) => {
  const item = session.items[exampleId];
  const isCurrent = session.cursor === exampleId;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const question = item?.input ?? exampleId;
  return (
    <Group ref={row} component="li" wrap="nowrap" gap="xs" px="xs" style={{ borderInlineStart: `4px solid ${isCurrent ? 'var(--mantine-primary-color-filled)' : 'transparent'}` }}>
      <Checkbox size="sm" aria-label={`Select: ${question.slice(0, 80)}`} checked={session.selected.includes(exampleId)} onChange={() => dispatch({ type: 'selected', exampleId })} />
      <UnstyledButton py={6} style={{ minWidth: 0, flex: 1 }} {...(isCurrent && { 'aria-current': 'true' as const })} onClick={() => dispatch({ type: 'focused', exampleId })}>
        <Text size="sm" truncate fw={isCurrent ? 600 : 400}>
          {question}
        </Text>
        <Text size="xs" truncate>
          {item?.source.replaceAll('_', ' ')} · {item?.confidence.toFixed(2)}
          {session.pending[exampleId]?.kind === 'reopen' && ' · being taken back'}
        </Text>
      </UnstyledButton>
    </Group>
  );
};

/** What is offered, in order. */
export const QueueList = ({ session, dispatch }: QueueListProps) => (
  <ScrollArea.Autosize mah="70vh" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Items that wait' }}>
    <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {session.queue.map((exampleId) => (
        <QueueRow key={exampleId} exampleId={exampleId} session={session} dispatch={dispatch} />
      ))}
    </ul>
  </ScrollArea.Autosize>
);
