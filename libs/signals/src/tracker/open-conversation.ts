import type { Feedback, HandoffRequested, Interaction, Signal } from '@ratchet/domain';
import type { Detected } from '../detectors/detector.js';
import type { Exchange } from '../failure/exchange.js';
import type { TextProfile } from '../text/text-profile.js';
import type { VitalsKey } from './vitals-counter.js';

/** Messages of a conversation that a new one is compared with. */
export const QUERIES_KEPT = 8;
export const REPLIES_KEPT = 5;
/** Feedback that waits for its interaction, per conversation. */
export const WAITING_MAX = 100;

/** An interaction of an open conversation. Once its window has closed, only what late feedback needs is kept. */
export interface TrackedInteraction {
  readonly interactionId: string;
  readonly subject: Pick<Interaction, 'interactionId' | 'conversationId' | 'userId' | 'model' | 'workload' | 'version' | 'assignment'>;
  readonly key: VitalsKey;
  readonly timeMs: number;
  /** Undefined once the window has closed. */
  exchange: Exchange | undefined;
  signals: Signal[];
  correction?: string;
  comment?: string;
  reasons?: Detected['reasons'];
}

/** Evidence that came before its interaction. */
export type Waiting = { readonly eventId: string; readonly timeMs: number } & ({ readonly feedback: Feedback } | { readonly handoff: HandoffRequested });

export interface OpenConversation {
  readonly conversationId: string;
  readonly firstOffset: bigint;
  /** Stream time before its first record: a replay from there starts with it. */
  readonly streamTimeBeforeMs: number;
  readonly startedMs: number;
  readonly late: boolean;
  lastOffset: bigint;
  lastEventId: string;
  lastActivityMs: number;
  /** When its entry in the expiry heap comes up. */
  scheduledMs: number;
  settled: boolean;
  workload: string | undefined;
  firstRequestMs: number | undefined;
  firstKey: VitalsKey | undefined;
  readonly interactions: Map<string, TrackedInteraction>;
  open: TrackedInteraction[];
  last: TrackedInteraction | undefined;
  readonly queries: TextProfile[];
  readonly replies: (readonly number[])[];
  readonly waiting: Waiting[];
  hadTrouble: boolean;
  outcomes: number;
  failures: number;
}

export const pushBounded = <T>(items: T[], { item, max }: { item: T; max: number }): void => {
  items.push(item);
  if (items.length > max) items.shift();
};
