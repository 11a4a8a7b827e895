import type { Detected } from '../detectors/detector.js';
import { type OpenConversation, type TrackedInteraction, type Waiting, withLast } from './open-conversation.js';
import { addToWindow } from './open-window.js';

/** Pieces of feedback of an open conversation that are remembered; of more than these, the first are forgotten. */
export const GIVEN_MAX = 100;

/** One piece of evidence that was taken: a repeat of it is known by its id, and who changes their mind replaces what they said. */
export interface Given {
  readonly id: string;
  /** Whose it is and what it is about: the same in what replaces it. Undefined where nothing can. */
  readonly slot: string | undefined;
  /** Undefined while its interaction has not come. */
  tracked: TrackedInteraction | undefined;
  /** What counts towards the open window of its interaction. */
  detected: readonly Detected[];
}

/** Feedback is what its own id says it is, however often and in whatever event it comes. */
export const idOfEvidence = (waiting: Waiting): string => ('feedback' in waiting ? waiting.feedback.feedbackId : waiting.eventId);

const slotOf = (waiting: Waiting): string | undefined => {
  if (!('feedback' in waiting)) return undefined;
  const { name, source } = waiting.feedback;
  return `${source.type}\u0000${source.id ?? ''}\u0000${name}`;
};

/** Takes note of a piece of evidence; false where it was taken before. */
export const takeOnce = (conversation: OpenConversation, waiting: Waiting): boolean => {
  const id = idOfEvidence(waiting);
  if (conversation.given.some((given) => given.id === id)) return false;
  conversation.given = withLast(conversation.given, { item: { id, slot: slotOf(waiting), tracked: undefined, detected: [] }, max: GIVEN_MAX });
  return true;
};

/**
 * Joins a piece of evidence to its interaction. What the same source said before under the same name no longer counts; its id is given back.
 */
export const joinGiven = ({ given }: OpenConversation, { tracked, waiting, detected }: { tracked: TrackedInteraction; waiting: Waiting; detected: readonly Detected[] }): string | undefined => {
  const id = idOfEvidence(waiting);
  const own = given.find((one) => one.id === id);
  const slot = slotOf(waiting);
  const earlier = slot === undefined ? undefined : given.findLast((one) => one !== own && one.slot === slot && one.tracked === tracked);
  if (own !== undefined) {
    own.tracked = tracked;
    if (tracked.window !== undefined) own.detected = detected;
  }
  if (earlier === undefined) return undefined;
  if (earlier.detected.length > 0) forget(given, { earlier, own });
  return earlier.id;
};

/** The window as if the earlier one had not been given; what replaces it is added by whoever adds signals. */
const forget = (given: readonly Given[], { earlier, own }: { earlier: Given; own: Given | undefined }): void => {
  earlier.detected = [];
  const window = earlier.tracked?.window;
  if (window === undefined) return;
  window.signals = window.signals.filter(({ evidence }) => evidence['feedbackId'] === undefined);
  window.said = undefined;
  for (const one of given) if (one !== own && one.tracked === earlier.tracked) for (const detected of one.detected) addToWindow(window, detected);
};

/** Once a window has closed, only ids and slots are needed of what was given. */
export const releaseGiven = ({ given }: OpenConversation, tracked: TrackedInteraction): void => {
  for (const one of given) if (one.tracked === tracked) one.detected = [];
};
