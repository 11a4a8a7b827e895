import { type ConversationEnded, type Feedback, type HandoffRequested, hasTexts, instantMsOf, type Interaction, queryOf, type Signal, utcInstantMs } from '@ratchet/domain';
import { withBitsOnly, withFailureWords } from '../cues/cue-matcher.js';
import type { Detected } from '../detectors/detector.js';
import type { Ending, Exchange } from '../failure/exchange.js';
import { largestOverlap, NO_HISTORY } from '../text/stem-history.js';
import { profileOf } from '../text/text-profile.js';
import { msBetween, NOTHING, type OpenConversation, type OpenWindow, type Waiting } from './open-conversation.js';

/** Shared by all windows that have none yet. */
const NO_SIGNALS: Signal[] = [];

interface Arrived {
  readonly interaction: Interaction;
  /** By the product's clock; undefined where it cannot be read. */
  readonly requestedMs: number | undefined;
  /** Event time of the record. */
  readonly timeMs: number;
  readonly timed: boolean;
  readonly keptChars: number;
}

/** `2026-03-02T09:00:00.000Z` */
const ISO_LENGTH = 24;

/** Whether the instant alone gives the text again. */
const isPlainInstant = (text: string): boolean => text.length === ISO_LENGTH && utcInstantMs(text) !== undefined;

export const openWindow = ({ replyStems, startedMs }: OpenConversation, { interaction, requestedMs, timeMs, timed, keptChars }: Arrived): OpenWindow => {
  const { output, latencyMs, startedAt, attributes } = interaction;
  const reply = profileOf(output?.content ?? '', 'reply', { keptChars });
  return {
    query: profileOf(queryOf(interaction), 'user', { keptChars }),
    reply,
    // Undefined takes no memory where 0 in a field of fractions takes as much as they do.
    replyRepeats: largestOverlap(replyStems, reply.content) || undefined,
    answeredAfterMs: msBetween(startedMs, (requestedMs ?? timeMs - latencyMs) + latencyMs),
    // Where texts were not recorded or are kept out of the log, an empty reply says nothing of what the user was shown.
    emptyReply: output?.content === '' && hasTexts(interaction),
    startedAt: requestedMs === undefined || !isPlainInstant(startedAt) ? startedAt : msBetween(startedMs, requestedMs),
    attributes,
    timed,
    signals: NO_SIGNALS,
    said: undefined,
  };
};

/** The words of the cues are for the turn itself: later on, only which cues there were is asked, and what the reply said of its failure. */
export const keepLess = ({ query, reply }: OpenWindow): void => {
  query.cues = withBitsOnly(query.cues);
  reply.cues = withFailureWords(reply.cues);
};

/** What a piece of evidence says of where it belongs. */
export const aboutOf = (waiting: Waiting): Feedback | HandoffRequested => ('feedback' in waiting ? waiting.feedback : waiting.handoff);

/** Products' clocks may be off; a start that cannot be read gives undefined. */
export const requestedMsOf = (startedAt: string): number | undefined => {
  const ms = instantMsOf(startedAt);
  return Number.isNaN(ms) ? undefined : ms;
};

/** Counts a signal towards the window, once a name: of equal names the strongest. */
export const addToWindow = (window: OpenWindow, { correction, comment, reasons, ...signal }: Detected): void => {
  if (correction !== undefined || comment !== undefined || reasons !== undefined) {
    window.said ??= {};
    if (correction !== undefined) window.said.correction = correction;
    if (comment !== undefined) window.said.comment = comment;
    if (reasons !== undefined) window.said.reasons = [...new Set([...(window.said.reasons ?? []), ...reasons])];
  }
  const { signals } = window;
  const same = signals.findIndex(({ name }) => name === signal.name);
  // The empty list is every window's; a list with something in it is the window's own.
  if (signals.length === 0) window.signals = [signal];
  else if (same < 0) signals.push(signal);
  else if ((signals[same] as Signal).strength < signal.strength) signals[same] = signal;
};

/** The expiry heap may hold a settled conversation for a while yet, but nothing of what was said in it. */
export const release = (conversation: OpenConversation): void => {
  conversation.last = undefined;
  conversation.byId = undefined;
  conversation.queries = NOTHING;
  conversation.queryStems = NO_HISTORY;
  conversation.replyStems = NO_HISTORY;
  conversation.waiting = NOTHING;
  conversation.given = NOTHING;
};

export const endingOf = (conversation: OpenConversation, { exchange, ended }: { exchange: Exchange; ended: ConversationEnded | undefined }): Ending => {
  const endedMs = ended === undefined || !exchange.timed ? undefined : instantMsOf(ended.endedAt);
  return {
    announced: ended !== undefined,
    taskCompleted: ended?.taskCompleted,
    afterReplyMs: endedMs === undefined ? undefined : Math.max(0, endedMs - conversation.startedMs - exchange.answeredAfterMs),
    conversationMs: endedMs === undefined || conversation.firstRequestAfterMs === undefined ? undefined : Math.max(0, endedMs - conversation.startedMs - conversation.firstRequestAfterMs),
    hadTrouble: conversation.hadTrouble,
  };
};
