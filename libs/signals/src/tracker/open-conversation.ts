import type { Feedback, FeedbackReason, HandoffRequested, Interaction, Signal } from '@ratchet/domain';
import type { Exchange } from '../failure/exchange.js';
import type { Given } from './given.js';
import type { StemHistory } from '../text/stem-history.js';
import type { Route } from './route.js';

/** Messages of a conversation that a new one is compared with. */
export const QUERIES_KEPT = 8;
export const REPLIES_KEPT = 5;
/** Feedback that waits for its interaction, per conversation. */
export const WAITING_MAX = 100;

/** What is needed of an interaction until its window closes. */
export interface OpenWindow extends Exchange {
  /** As the product wrote it; mostly a number, the milliseconds after the conversation's start that are written so. */
  readonly startedAt: string | number;
  readonly attributes: Interaction['attributes'];
  signals: Signal[];
  /** What people wrote about it. */
  said: Said | undefined;
}

interface Said {
  correction?: string;
  comment?: string;
  reasons?: FeedbackReason[];
}

/** An interaction of an open conversation. Once its window has closed, only what late feedback needs is kept. */
export interface TrackedInteraction {
  readonly interactionId: string;
  readonly userId: string | undefined;
  readonly route: Route;
  /** W3C trace context of its event: what is found about it belongs to its trace, whatever event brought it to light. */
  readonly traceparent: string | undefined;
  /** The interaction before it: a list linked this way takes no more than one field. */
  earlier: TrackedInteraction | undefined;
  /** Undefined once the window has closed. */
  window: OpenWindow | undefined;
}

/** Evidence that came before its interaction. */
export type Waiting = { readonly eventId: string; readonly timeMs: number } & ({ readonly feedback: Feedback } | { readonly handoff: HandoffRequested });

/**
 * A million of these may be open. Lists begin as one that all share and are never longer than what is in them; times count from the
 * conversation's start, because the engine keeps small integers in their field, and boxes each large one.
 */
export interface OpenConversation {
  readonly conversationId: string;
  readonly firstOffset: number;
  /** Stream time before its first record: a replay from there starts with it. */
  readonly streamTimeBeforeMs: number;
  readonly startedMs: number;
  readonly late: boolean;
  lastOffset: number;
  lastEventId: string;
  /** Milliseconds after the start. */
  lastActivityAfterMs: number;
  /** Milliseconds after the start at which its entry in the expiry heap comes up; undefined where it has none. */
  scheduledAfterMs: number | undefined;
  settled: boolean;
  idleEndMs: number;
  /** Milliseconds after the start, by the product's clock: mostly below 0. */
  firstRequestAfterMs: number | undefined;
  /** For whom the conversation counts as a unit. */
  firstRoute: Route | undefined;
  /** The newest interaction; those whose windows are open are the newest ones. */
  last: TrackedInteraction | undefined;
  interactionCount: number;
  /** By id, where there are too many to look through. */
  byId: Map<string, TrackedInteraction> | undefined;
  /** What the last queries said, as far as it takes to compare them; marked where a query is not in ASCII. */
  queries: readonly string[];
  queryStems: StemHistory;
  replyStems: StemHistory;
  waiting: readonly Waiting[];
  /** Feedback and wishes for a person that were taken, the newest last. */
  given: readonly Given[];
  hadTrouble: boolean;
  /** Interactions so far, and user messages that showed trouble. */
  turns: number;
  troubledTurns: number;
  outcomes: number;
  failures: number;
  /** Neighbours in the order of opening. */
  older: OpenConversation | undefined;
  newer: OpenConversation | undefined;
}

/**
 * Milliseconds from one instant to another. A difference of two large numbers is one in the engine's eyes, whatever its value: only
 * what has passed through an integer operation is kept without a box.
 */
export const msBetween = (fromMs: number, toMs: number): number => {
  const ms = toMs - fromMs;
  return (ms | 0) === ms ? ms | 0 : ms;
};

export const NOTHING: readonly never[] = [];

/** A new list without spare room, the first item left out where there would be more than `max`. */
export const withLast = <T>(items: readonly T[], { item, max }: { item: T; max: number }): readonly T[] => {
  const from = items.length < max ? 0 : items.length - max + 1;
  const longer = new Array<T>(items.length - from + 1);
  for (let i = from; i < items.length; i += 1) longer[i - from] = items[i] as T;
  longer[items.length - from] = item;
  return longer;
};

/** Up to here looking through the list is faster than a map, and much smaller. */
const LISTED_MAX = 32;

export const interactionOf = ({ last, byId }: OpenConversation, interactionId: string): TrackedInteraction | undefined => {
  if (byId !== undefined) return byId.get(interactionId);
  let tracked = last;
  while (tracked !== undefined && tracked.interactionId !== interactionId) tracked = tracked.earlier;
  return tracked;
};

/** Adds the newest interaction; where there are more than `max`, the first one whose window has closed is forgotten. */
export const addInteraction = (conversation: OpenConversation, { tracked, max }: { tracked: TrackedInteraction; max: number }): void => {
  tracked.earlier = conversation.last;
  conversation.last = tracked;
  conversation.interactionCount += 1;
  if (conversation.byId !== undefined) conversation.byId.set(tracked.interactionId, tracked);
  else if (conversation.interactionCount > LISTED_MAX) conversation.byId = mapOf(conversation);
  if (conversation.interactionCount > max) forgetFirstClosed(conversation);
};

const mapOf = ({ last }: OpenConversation): Map<string, TrackedInteraction> => {
  const byId = new Map<string, TrackedInteraction>();
  for (let tracked = last; tracked !== undefined; tracked = tracked.earlier) byId.set(tracked.interactionId, tracked);
  return byId;
};

/** Windows close together, so the first interaction is closed where any is. */
const forgetFirstClosed = (conversation: OpenConversation): void => {
  let later = conversation.last;
  while (later?.earlier?.earlier !== undefined) later = later.earlier;
  const first = later?.earlier;
  if (later === undefined || first === undefined || first.window !== undefined) return;
  later.earlier = undefined;
  conversation.byId?.delete(first.interactionId);
  conversation.interactionCount -= 1;
};

/** Interactions whose windows are open, first asked first. */
export const openInteractionsOf = ({ last }: OpenConversation): readonly TrackedInteraction[] => {
  if (last?.window === undefined) return NOTHING;
  if (last.earlier?.window === undefined) return [last];
  const open: TrackedInteraction[] = [];
  for (let tracked: TrackedInteraction | undefined = last; tracked?.window !== undefined; tracked = tracked.earlier) open.push(tracked);
  return open.reverse();
};

/** Whom the conversation began with, as far as its interactions are kept. */
export const firstUserOf = ({ last }: OpenConversation): string | undefined => {
  let userId: string | undefined;
  for (let tracked = last; tracked !== undefined; tracked = tracked.earlier) userId = tracked.userId ?? userId;
  return userId;
};
