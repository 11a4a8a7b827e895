import type { ReviewDecisionKind, ShownReview } from '@ratchet/console-api';

/** What was ordered for an item and is not confirmed by its topic yet. */
export interface Pending {
  readonly kind: ReviewDecisionKind | 'reopen';
  /** Of an undoing: what it takes back, which stands again where the console does not take the order. */
  readonly undoes?: ReviewDecisionKind;
  /** Of the page's orders, so that an answer to an earlier one is not taken for this one's. */
  readonly order: number;
  /** Known once the console has taken the command. */
  readonly commandId?: string;
}

/** What one step of undoing takes back. */
export interface Step {
  readonly kind: ReviewDecisionKind | 'skip';
  readonly exampleIds: readonly string[];
}

export interface Notice {
  readonly id: number;
  readonly exampleId: string;
  readonly text: string;
}

/** One reviewer's run through the queue, as the page has it: ahead of what the topics confirm, and put right by them. */
export interface Session {
  /** What is offered, in order. */
  readonly queue: readonly string[];
  readonly items: Readonly<Record<string, ShownReview>>;
  readonly cursor: string | undefined;
  readonly selected: readonly string[];
  readonly pending: Readonly<Record<string, Pending>>;
  /** Left for another day, or for somebody else. */
  readonly skipped: readonly string[];
  /** Newest last. */
  readonly steps: readonly Step[];
  readonly notices: readonly Notice[];
  readonly nextNotice: number;
  /** Decisions of this run that stand. */
  readonly done: number;
}

export type SessionEvent =
  | { readonly type: 'loaded'; readonly items: readonly ShownReview[]; readonly reviewer: string; readonly nowMs: number }
  | { readonly type: 'checked'; readonly asked: readonly string[]; readonly items: readonly ShownReview[]; readonly reviewer: string; readonly nowMs: number }
  | { readonly type: 'decided'; readonly order: number; readonly kind: ReviewDecisionKind; readonly exampleIds: readonly string[] }
  | { readonly type: 'accepted'; readonly order: number; readonly commandId: string }
  | { readonly type: 'failed'; readonly order: number; readonly text: string }
  | { readonly type: 'skipped' }
  | { readonly type: 'undone'; readonly order: number }
  | { readonly type: 'moved'; readonly by: 1 | -1 }
  | { readonly type: 'focused'; readonly exampleId: string }
  | { readonly type: 'selected'; readonly exampleId: string }
  | { readonly type: 'selectedAll' }
  | { readonly type: 'noticed'; readonly id: number };

export const STEPS_MAX = 100;
export const NOTICES_MAX = 5;

export const emptySession: Session = { queue: [], items: {}, cursor: undefined, selected: [], pending: {}, skipped: [], steps: [], notices: [], nextNotice: 1, done: 0 };

/** Who has an item now, if not the reviewer. */
export const heldByOther = ({ claim }: ShownReview, reviewer: string, nowMs: number): string | undefined =>
  claim !== undefined && claim.reviewer !== reviewer && Date.parse(claim.until) > nowMs ? claim.reviewer : undefined;

const isMineToDecide = (item: ShownReview, reviewer: string, nowMs: number): boolean =>
  item.state === 'waiting' && heldByOther(item, reviewer, nowMs) === undefined && !item.decisions.some((decision) => decision.reviewer === reviewer);

/** The queue without some items; the cursor goes to the one that takes their place. */
const without = (session: Session, exampleIds: readonly string[]): Session => {
  const gone = new Set(exampleIds);
  const { cursor, queue } = session;
  const rest = queue.filter((id) => !gone.has(id));
  const from = cursor === undefined ? 0 : queue.indexOf(cursor);
  const next = cursor !== undefined && !gone.has(cursor) ? cursor : (queue.slice(from + 1).find((id) => !gone.has(id)) ?? rest.at(-1));
  return { ...session, queue: rest, cursor: next, selected: session.selected.filter((id) => !gone.has(id)) };
};

/** Puts items back where the reviewer is, and goes to them. */
const putBack = (session: Session, exampleIds: readonly string[]): Session => {
  const back = exampleIds.filter((id) => session.items[id] !== undefined);
  const rest = session.queue.filter((id) => !back.includes(id));
  const at = session.cursor === undefined ? 0 : Math.max(0, rest.indexOf(session.cursor));
  return { ...session, queue: [...rest.slice(0, at), ...back, ...rest.slice(at)], cursor: back[0] ?? session.cursor };
};

const notice = (session: Session, exampleId: string, text: string): Session => ({
  ...session,
  notices: [...session.notices, { id: session.nextNotice, exampleId, text }].slice(-NOTICES_MAX),
  nextNotice: session.nextNotice + 1,
});

const withoutPending = (session: Session, exampleIds: readonly string[]): Session => ({ ...session, pending: Object.fromEntries(Object.entries(session.pending).filter(([id]) => !exampleIds.includes(id))) });

/** A step that did not happen cannot be undone. */
const withoutStep = (session: Session, exampleId: string): Session => ({
  ...session,
  steps: session.steps.map((step) => (step.kind === 'skip' ? step : { ...step, exampleIds: step.exampleIds.filter((id) => id !== exampleId) })).filter(({ exampleIds }) => exampleIds.length > 0),
});

const pushStep = (session: Session, step: Step): Session => ({ ...session, steps: [...session.steps, step].slice(-STEPS_MAX) });

const refusalWords: Record<NonNullable<ShownReview['refusals']>[number]['code'], string> = {
  claimed_by_another: 'another reviewer has it',
  already_decided: 'it was decided before',
  already_answered: 'you have answered it before',
  in_dataset: 'it is in a dataset, or in a fix, by now; reject what follows from it, or roll it back',
  not_your_decision: 'no decision of yours stands on it',
};

const orderWords: Record<Pending['kind'], string> = { approve: 'approval', edit: 'edit', reject: 'rejection', reopen: 'undo' };

/** A decision (or its undoing) that was refused: the item is shown as it is, and why is said. */
const refused = (session: Session, item: ShownReview, { kind, why, isOpen }: { readonly kind: Pending['kind']; readonly why: string; readonly isOpen: boolean }): Session => {
  const told = notice(withoutPending(session, [item.exampleId]), item.exampleId, `Your ${orderWords[kind]} was refused: ${why}.`);
  const counted = { ...told, done: kind === 'reopen' ? told.done + 1 : Math.max(0, told.done - 1) };
  const undone = kind === 'reopen' ? counted : withoutStep(counted, item.exampleId);
  return isOpen ? putBack(undone, [item.exampleId]) : without(undone, [item.exampleId]);
};

/** Compares what was ordered with what its topic tells of one item. */
const check = (session: Session, item: ShownReview, { reviewer, nowMs }: { readonly reviewer: string; readonly nowMs: number }): Session => {
  const known: Session = { ...session, items: { ...session.items, [item.exampleId]: item } };
  const pending = known.pending[item.exampleId];
  const isOpen = isMineToDecide(item, reviewer, nowMs);
  if (!pending) return isOpen || !known.queue.includes(item.exampleId) ? known : without(known, [item.exampleId]);
  const refusal = pending.commandId === undefined ? undefined : item.refusals?.find(({ commandId }) => commandId === pending.commandId);
  if (refusal) return refused(known, item, { kind: pending.kind, why: refusalWords[refusal.code], isOpen });
  const carriedOut = pending.kind === 'reopen' ? item.withdrawn?.some(({ withdrawnBy }) => withdrawnBy === pending.commandId) : item.decisions.some(({ commandId }) => commandId === pending.commandId);
  if (pending.commandId !== undefined && carriedOut) return withoutPending(known, [item.exampleId]);
  // An own decision of before, whose undoing is still on its way, says nothing of this one.
  const hasOwn = item.decisions.some((decision) => decision.reviewer === reviewer);
  const isOver = pending.kind !== 'reopen' && item.state !== 'waiting' && pending.commandId !== undefined && !hasOwn;
  return isOver ? refused(known, item, { kind: pending.kind, why: `it is ${item.state}`, isOpen: false }) : known;
};

const loaded = (session: Session, { items, reviewer, nowMs }: Extract<SessionEvent, { type: 'loaded' }>): Session => {
  const checked = items.reduce((state, item) => check(state, item, { reviewer, nowMs }), session);
  const isOffered = (item: ShownReview): boolean => {
    const { exampleId } = item;
    const pending = checked.pending[exampleId];
    return isMineToDecide(item, reviewer, nowMs) && !checked.queue.includes(exampleId) && !checked.skipped.includes(exampleId) && (pending === undefined || pending.kind === 'reopen');
  };
  const queue = [...checked.queue, ...items.filter(isOffered).map(({ exampleId }) => exampleId)];
  return { ...checked, queue, cursor: checked.cursor ?? queue[0] };
};

/** Items that were asked for and are not there any more are gone: withdrawn, or erased. */
const checked = (session: Session, { asked, items, reviewer, nowMs }: Extract<SessionEvent, { type: 'checked' }>): Session => {
  const present = new Set(items.map(({ exampleId }) => exampleId));
  const missing = asked.filter((id) => !present.has(id));
  const told = missing.reduce((state, id) => (state.pending[id] ? notice(state, id, 'An item is gone: its data were removed, or nobody saw it again.') : state), session);
  return items.reduce((state, item) => check(state, item, { reviewer, nowMs }), without(withoutPending(told, missing), missing));
};

const undone = (session: Session, order: number): Session => {
  const step = session.steps.at(-1);
  if (!step) return session;
  const rest = { ...session, steps: session.steps.slice(0, -1) };
  const { kind } = step;
  if (kind === 'skip') return putBack({ ...rest, skipped: rest.skipped.filter((id) => !step.exampleIds.includes(id)) }, step.exampleIds);
  const pending = { ...rest.pending, ...Object.fromEntries(step.exampleIds.map((id) => [id, { kind: 'reopen', order, undoes: kind } as const])) };
  return putBack({ ...rest, pending, done: Math.max(0, rest.done - step.exampleIds.length) }, step.exampleIds);
};

const ordered = ({ pending }: Session, order: number): string[] => Object.keys(pending).filter((id) => pending[id]?.order === order);

/** The console did not take a command: it is as if it had not been given. */
const failed = (session: Session, { order, text }: Extract<SessionEvent, { type: 'failed' }>): Session => {
  const exampleIds = ordered(session, order);
  const [first] = exampleIds;
  if (first === undefined) return session;
  const undoes = session.pending[first]?.undoes;
  const told = notice(withoutPending(session, exampleIds), first, text);
  if (undoes) return without(pushStep({ ...told, done: told.done + exampleIds.length }, { kind: undoes, exampleIds }), exampleIds);
  return putBack({ ...exampleIds.reduce(withoutStep, told), done: Math.max(0, told.done - exampleIds.length) }, exampleIds);
};

const moved = (session: Session, by: 1 | -1): Session => {
  const at = session.cursor === undefined ? -1 : session.queue.indexOf(session.cursor);
  const next = session.queue[Math.min(session.queue.length - 1, Math.max(0, at + by))];
  return { ...session, cursor: next ?? session.cursor };
};

const decided = (session: Session, { kind, order, exampleIds }: Extract<SessionEvent, { type: 'decided' }>): Session => {
  const open = exampleIds.filter((id) => session.queue.includes(id));
  if (open.length === 0) return session;
  const pending = { ...session.pending, ...Object.fromEntries(open.map((id) => [id, { kind, order }])) };
  return without(pushStep({ ...session, pending, done: session.done + open.length }, { kind, exampleIds: open }), open);
};

const skipped = (session: Session): Session => {
  if (session.cursor === undefined) return session;
  const left = [session.cursor];
  return without(pushStep({ ...session, skipped: [...session.skipped, ...left] }, { kind: 'skip', exampleIds: left }), left);
};

export const sessionAfter = (session: Session, event: SessionEvent): Session => {
  switch (event.type) {
    case 'loaded':
      return loaded(session, event);
    case 'checked':
      return checked(session, event);
    case 'decided':
      return decided(session, event);
    case 'accepted': {
      const named = ordered(session, event.order).map((id) => [id, { ...session.pending[id], commandId: event.commandId }]);
      return { ...session, pending: { ...session.pending, ...Object.fromEntries(named) } };
    }
    case 'failed':
      return failed(session, event);
    case 'skipped':
      return skipped(session);
    case 'undone':
      return undone(session, event.order);
    case 'moved':
      return moved(session, event.by);
    case 'focused':
      return session.queue.includes(event.exampleId) ? { ...session, cursor: event.exampleId } : session;
    case 'selected':
      return { ...session, selected: session.selected.includes(event.exampleId) ? session.selected.filter((id) => id !== event.exampleId) : [...session.selected, event.exampleId] };
    case 'selectedAll':
      return { ...session, selected: session.selected.length === session.queue.length ? [] : session.queue };
    case 'noticed':
      return { ...session, notices: session.notices.filter(({ id }) => id !== event.id) };
  }
};

/** What a decision is for: what is selected, else the item that is looked at. */
export const meant = ({ selected, cursor }: Session): readonly string[] => (selected.length > 0 ? selected : cursor === undefined ? [] : [cursor]);

/** What the reviewer holds, or will where an order for it is on its way, without what they have decided. */
export const heldBy = ({ queue, items, pending }: Session, reviewer: string, asked: ReadonlySet<string>): ShownReview[] =>
  queue.flatMap((id) => items[id] ?? []).filter(({ exampleId, claim }) => claim?.reviewer === reviewer || asked.has(exampleId) || pending[exampleId]?.kind === 'reopen');

/** Items around the cursor to hold for the reviewer, who has fewer than `low` of them left. */
export const toClaim = (session: Session, { reviewer, nowMs, low, batch }: { readonly reviewer: string; readonly nowMs: number; readonly low: number; readonly batch: number }): string[] => {
  const at = session.cursor === undefined ? 0 : Math.max(0, session.queue.indexOf(session.cursor));
  const ahead = session.queue.slice(at, at + batch);
  const isHeld = (id: string): boolean => {
    const claim = session.items[id]?.claim;
    return claim !== undefined && claim.reviewer === reviewer && Date.parse(claim.until) > nowMs;
  };
  const free = ahead.filter((id) => !isHeld(id) && session.pending[id] === undefined);
  return ahead.length - free.length < Math.min(low, ahead.length) ? free : [];
};
