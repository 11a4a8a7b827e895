import type { Signal } from '@ratchet/domain';
import { ConversationTracker, type ConversationTrackerOptions } from '../tracker/conversation-tracker.js';
import type { FailureTerm } from '../failure/failure-probability.js';
import { CLOSING_SUFFIX, type LoggedConversation, type LoggedEvent } from './logged-conversation.js';

/** What is found about one interaction of a log. */
export interface Detection {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly workload: string;
  readonly query: string;
  readonly response: string;
  readonly failureProbability: number;
  readonly failed: boolean;
  readonly signals: readonly Signal[];
  /** The addends of the probability's log-odds, largest first. */
  readonly terms: readonly FailureTerm[];
}

/** Long enough for every conversation to settle. */
const AFTER_EVERYTHING_MS = 400 * 24 * 60 * 60_000;

/** The detector on logs: one tracker a conversation; results in the order in which the interactions stand in the input. */
export const detectConversations = (conversations: readonly LoggedConversation[], options: Pick<ConversationTrackerOptions, 'config' | 'embedding' | 'weights'> = {}): Detection[] => {
  const found: { readonly place: number; readonly detection: Detection }[] = [];
  for (const { events } of conversations) {
    const places = new Map<string, number>();
    const tracker = new ConversationTracker({
      ...options,
      onAssessed: ({ interactionId, estimate: { probability, terms }, signals, ...about }) => {
        if (interactionId.endsWith(CLOSING_SUFFIX)) return;
        found.push({ place: places.get(interactionId) ?? 0, detection: { interactionId, ...about, failureProbability: probability, signals: [...signals], terms } });
      },
    });
    let offset = 0n;
    let lastMs = 0;
    for (const { event, eventId, line, timeMs } of withFeedbackInPlace(events)) {
      if (event.type === 'ratchet.interaction.completed' && !places.has(event.data.interactionId)) places.set(event.data.interactionId, line);
      lastMs = Math.max(lastMs, timeMs ?? lastMs);
      tracker.apply({ event, eventId, offset, timeMs: timeMs ?? lastMs, untimed: timeMs === undefined });
      offset += 1n;
    }
    const endMs = lastMs + AFTER_EVERYTHING_MS;
    tracker.apply({ event: { type: 'ratchet.clock.advanced', data: { advancedTo: new Date(endMs).toISOString() } }, eventId: 'end-of-file', offset, timeMs: endMs });
  }
  // The sort is stable, so interactions of one line stay in the order of their turns.
  return found.sort((a, b) => a.place - b.place).map(({ detection }) => detection);
};

/** A file is read as a whole, so feedback is never late: it takes its place, and its time, right behind the interaction that it is about. */
const withFeedbackInPlace = (events: readonly LoggedEvent[]): LoggedEvent[] => {
  const about = new Map<string, LoggedEvent[]>();
  const others: LoggedEvent[] = [];
  const known = new Set(events.flatMap(({ event }) => (event.type === 'ratchet.interaction.completed' ? [event.data.interactionId] : [])));
  for (const logged of events) {
    const { event } = logged;
    const id = event.type === 'ratchet.feedback.given' || event.type === 'ratchet.handoff.requested' ? event.data.interactionId : undefined;
    if (id === undefined || !known.has(id)) others.push(logged);
    else about.set(id, [...(about.get(id) ?? []), logged]);
  }
  return others.flatMap((logged) => {
    if (logged.event.type !== 'ratchet.interaction.completed') return [logged];
    const id = logged.event.data.interactionId;
    const feedback = about.get(id) ?? [];
    about.delete(id);
    return [logged, ...feedback.map((given) => ({ ...given, timeMs: logged.timeMs }))];
  });
};
