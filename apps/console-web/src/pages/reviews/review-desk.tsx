import { Alert, Grid, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { ActionBar } from './action-bar';
import { EditDialog, KeysDialog, RejectDialog } from './dialogs';
import { ItemView } from './item-view';
import { actionOf, type KeyAction } from './keys';
import { QueueList } from './queue-list';
import { meant } from './review-session';
import { type QueueFilters, type ReviewRun, useReviewSession } from './use-review-session';

type Dialog = 'edit' | 'reject' | 'keys';

/** What each key and button does. */
const useActions = ({ session, dispatch, decide, skip, undo }: ReviewRun, open: (dialog: Dialog) => void, mayReview: boolean) => (action: KeyAction): void => {
  const exampleIds = meant(session);
  if (action === 'next' || action === 'previous') return dispatch({ type: 'moved', by: action === 'next' ? 1 : -1 });
  if (action === 'keys') return open('keys');
  if (!mayReview) return undefined;
  if (action === 'undo') return undo();
  if (action === 'selectAll') return dispatch({ type: 'selectedAll' });
  if (exampleIds.length === 0 || session.cursor === undefined) return undefined;
  if (action === 'approve') return decide('approve', exampleIds, { reason: 'the answer is right' });
  if (action === 'reject') return open('reject');
  if (action === 'edit') return exampleIds.length === 1 ? open('edit') : undefined;
  if (action === 'skip') return skip();
  return dispatch({ type: 'selected', exampleId: session.cursor });
};

const useKeys = (act: (action: KeyAction) => void, isOn: boolean): void => {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return undefined;
    const onKey = (event: KeyboardEvent) => {
      const action = actionOf(event, event.target instanceof HTMLElement ? event.target : null);
      if (action === undefined) return;
      event.preventDefault();
      latest.current(action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isOn]);
};

/** Where the focus was on something that is gone, it goes to the item: never to nowhere. */
const useFocusKept = (cursor: string | undefined, dialog: Dialog | undefined) => {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (dialog === undefined && (document.activeElement === null || document.activeElement === document.body)) panel.current?.focus({ preventScroll: true });
  }, [cursor, dialog]);
  return panel;
};

const Notices = ({ session, dispatch }: Pick<ReviewRun, 'session' | 'dispatch'>) => (
  <Stack gap="xs" role="status" aria-live="polite">
    {session.notices.map(({ id, text, exampleId }) => (
      <Alert key={id} color="red" variant="light" p="xs" withCloseButton closeButtonLabel="Close this notice" onClose={() => dispatch({ type: 'noticed', id })}>
        {text} <Text span size="sm">({session.items[exampleId]?.input.slice(0, 80) ?? exampleId})</Text>
      </Alert>
    ))}
  </Stack>
);

interface DialogsProps {
  readonly run: ReviewRun;
  readonly dialog: Dialog | undefined;
  readonly close: () => void;
}

const Dialogs = ({ run: { session, decide }, dialog, close }: DialogsProps) => {
  const exampleIds = meant(session);
  const item = session.items[exampleIds[0] ?? ''];
  if (dialog === 'keys') return <KeysDialog onClose={close} />;
  if (dialog === 'reject') {
    return (
      <RejectDialog
        count={exampleIds.length}
        onClose={close}
        onReject={(reason) => {
          close();
          decide('reject', exampleIds, { reason });
        }}
      />
    );
  }
  if (dialog !== 'edit' || !item) return null;
  return (
    <EditDialog
      proposed={item.output}
      onClose={close}
      onSave={(given) => {
        close();
        decide('edit', [item.exampleId], given);
      }}
    />
  );
};

interface DeskProps {
  readonly reviewer: string;
  readonly mayReview: boolean;
  readonly filters: QueueFilters;
  readonly hasKeys: boolean;
}

/** The queue, the item that is looked at, and what can be done with it. */
export const ReviewDesk = ({ reviewer, mayReview, filters, hasKeys }: DeskProps) => {
  const run = useReviewSession({ reviewer, mayReview, filters });
  const { session, dispatch, answer } = run;
  const [dialog, setDialog] = useState<Dialog>();
  const act = useActions(run, setDialog, mayReview);
  useKeys(act, hasKeys && dialog === undefined);
  const panel = useFocusKept(session.cursor, dialog);
  const item = session.cursor === undefined ? undefined : session.items[session.cursor];
  const waitsFor = Object.keys(session.pending).length;
  return (
    <Stack gap="sm">
      {mayReview && <ActionBar act={act} count={meant(session).length} canUndo={session.steps.length > 0} />}
      <Notices session={session} dispatch={dispatch} />
      <Text size="sm" data-testid="review-run">
        {session.done} decided here{waitsFor > 0 && `, ${waitsFor} not confirmed yet`}; {session.queue.length} offered{session.selected.length > 0 && `, ${session.selected.length} selected`}
      </Text>
      <Answer of={answer}>
        {() => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 3 }} order={{ base: 2, md: 1 }}>
              <QueueList session={session} dispatch={dispatch} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 9 }} order={{ base: 1, md: 2 }}>
              <div ref={panel} tabIndex={-1} role="region" aria-label="The item" style={{ padding: 'var(--mantine-spacing-xs)', borderRadius: 'var(--mantine-radius-sm)' }}>
                {item ? <ItemView item={item} reviewer={reviewer} /> : <Nothing>Nothing waits that you could take up{session.skipped.length > 0 && `; you skipped ${session.skipped.length}, and Undo brings them back`}.</Nothing>}
              </div>
              <VisuallyHidden aria-live="polite">{item && `Item ${session.queue.indexOf(item.exampleId) + 1} of ${session.queue.length}: ${item.input.slice(0, 200)}`}</VisuallyHidden>
            </Grid.Col>
          </Grid>
        )}
      </Answer>
      <Dialogs run={run} dialog={dialog} close={() => setDialog(undefined)} />
    </Stack>
  );
};
