import { type SignalName, signalNameSchema } from '@ratchet/domain';
import type { CueName } from '../cues/cue-names.js';

export const userCueNames = [
  'no_first', 'correction', 'rewording', 'another', 'retry', 'apology', 'complaint', 'dislike', 'confusion', 'doubt', 'give_up', 'thanks', 'praise', 'yes_first', 'goodbye', 'accepts', 'closes', 'asks_try', 'needs', 'likes', 'please', 'escalation', 'rejects', 'restates',
] as const satisfies readonly CueName[];
export const replyCueNames = ['failed', 'does_not_know', 'asks_repeat', 'asks_confirm', 'asks_detail', 'offers', 'success', 'thanked', 'offers_more', 'alternative', 'says_no'] as const satisfies readonly CueName[];
/** Cues of the query itself, which says how things stood before the reply. */
export const queryCueNames = ['no_first', 'negation', 'correction', 'rewording', 'complaint', 'dislike', 'confusion', 'doubt', 'thanks', 'praise', 'yes_first', 'goodbye', 'accepts', 'closes', 'asks_try', 'needs', 'likes'] as const satisfies readonly CueName[];

/** What a reply does, as far as it matters how the user takes it. */
export const replyStates = ['failed', 'confirm', 'offer', 'question', 'statement', 'more'] as const;
/** How the user takes it. */
export const userStates = ['no', 'negation', 'corrects', 'another', 'doubt', 'dislike', 'content', 'short', 'asks', 'closes', 'accepts', 'asks_try'] as const;

/** Signals that mean something else where no message follows. */
export const endingSignals = ['quick_abandonment', 'session_abandonment', 'unresolved_request'] as const satisfies readonly SignalName[];

/** Every feature that there is. */
export const featureNames = [
  ...replyCueNames.map((cue) => `reply.${cue}` as const), 'reply.question', 'reply.short', 'reply.words', 'reply.repeats', 'reply.off_topic', 'reply.fit',
  ...userCueNames.map((cue) => `next.${cue}` as const), 'next.negations', 'next.exclaims', 'next.asks', 'next.asks_twice', 'next.short', 'next.long', 'next.words', 'next.picks_up', 'next.stays',
  ...queryCueNames.map((cue) => `query.${cue}` as const), 'query.words',
  'course.turn', 'course.first', 'course.trouble', 'course.troubled',
  ...replyStates.flatMap((reply) => userStates.map((user) => `${reply}*${user}` as const)),
  'thanks*not_no', 'no*thanks', 'no*closes', 'dislike*no_praise', 'rewrites*ill_fit', 'repeats*ill_fit',
  'end.no_message', ...endingSignals.map((name) => `end.${name}` as const),
  ...signalNameSchema.options.map((name) => `signal.${name}` as const), 'feedback.negative_comment',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** The place of each feature in {@link featureNames}. */
export const featurePlaces = Object.fromEntries(featureNames.map((name, place) => [name, place])) as Readonly<Record<FeatureName, number>>;

/** Terms of explicit feedback: they outrank what behaviour suggests. */
export const EXPLICIT_FEATURES: ReadonlySet<string> = new Set<FeatureName>([
  'signal.thumbs_down', 'signal.thumbs_up', 'signal.low_rating', 'signal.high_rating', 'signal.user_correction', 'signal.unsafe_answer',
]);
