import type { Feedback } from '@ratchet/domain';
import type { SignalsConfig } from '../config.js';
import { feedbackSignals } from '../detectors/registry.js';
import { EXPLICIT_FEATURES } from '../failure/feature-names.js';
import type { LoggedEvent } from '../log/logged-conversation.js';

/** Whose word counts most where several people judged one interaction. */
const RANK: Readonly<Record<Feedback['source']['type'], number>> = { reviewer: 3, user: 2, judge: 1, code: 0 };
const GOOD: ReadonlySet<string> = new Set(['thumbs_up', 'high_rating']);

/**
 * Labels by interaction id, from thumbs, ratings, corrections and safety reports: 1 is failed. A reviewer's word counts more than a
 * user's; of equal ones a bad word more than a good one. Feedback that names no interaction is about the last one before it.
 */
export const feedbackLabels = (events: readonly LoggedEvent[], config: SignalsConfig): Map<string, 0 | 1> => {
  const lastOf = new Map<string, string>();
  const found = new Map<string, { readonly label: 0 | 1; readonly rank: number }>();
  for (const { event } of events) {
    if (event.type === 'ratchet.interaction.completed') lastOf.set(event.data.conversationId, event.data.interactionId);
    if (event.type !== 'ratchet.feedback.given') continue;
    const interactionId = event.data.interactionId ?? lastOf.get(event.data.conversationId);
    const label = labelOf(event.data, config);
    if (interactionId === undefined || label === undefined) continue;
    const rank = RANK[event.data.source.type];
    const known = found.get(interactionId);
    if (known === undefined || rank > known.rank || (rank === known.rank && label > known.label)) found.set(interactionId, { label, rank });
  }
  return new Map([...found].map(([interactionId, { label }]) => [interactionId, label]));
};

const labelOf = (feedback: Feedback, config: SignalsConfig): 0 | 1 | undefined => {
  const names = feedbackSignals(feedback, config).map(({ name }) => name).filter((name) => EXPLICIT_FEATURES.has(`signal.${name}`));
  if (names.length === 0) return undefined;
  return names.every((name) => GOOD.has(name)) ? 0 : 1;
};

/** The log as behaviour alone shows it: what people said of the answers is what is to be predicted from it. */
export const withoutFeedback = (events: readonly LoggedEvent[]): LoggedEvent[] => events.filter(({ event }) => event.type !== 'ratchet.feedback.given');
