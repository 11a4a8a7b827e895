import { type Signal, signalNameSchema } from '@ratchet/domain';
import { hasCue } from '../cues/cue-matcher.js';
import type { CueName } from '../cues/en.js';
import { countShared, sizeOf } from '../text/stem-set.js';
import { hasMark, type TextProfile } from '../text/text-profile.js';
import type { Exchange, NextTurn } from './exchange.js';

const userCueNames = [
  'no_first', 'correction', 'rewording', 'another', 'retry', 'apology', 'complaint', 'dislike', 'confusion', 'doubt', 'give_up', 'thanks', 'praise', 'yes_first', 'goodbye',
] as const satisfies readonly CueName[];
const replyCueNames = ['failed', 'does_not_know', 'asks_repeat', 'asks_confirm', 'asks_detail', 'offers', 'success', 'thanked'] as const satisfies readonly CueName[];

/** Every feature that there is. */
export const featureNames = [
  ...replyCueNames.map((cue) => `reply.${cue}` as const), 'reply.question', 'reply.short', 'reply.repeats', 'reply.off_topic',
  'next.any', ...userCueNames.map((cue) => `next.${cue}` as const), 'next.negations', 'next.exclaims', 'next.asks', 'next.asks_twice', 'next.short', 'next.long',
  'failed*insists', 'failed*content', 'confirm*no', 'offer*no', 'question*no', 'thanks*not_no', 'no*thanks', 'dislike*no_praise', 'question*short',
  ...signalNameSchema.options.map((name) => `signal.${name}` as const), 'feedback.negative_comment',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** The place of each feature in {@link featureNames}. */
export const featurePlaces = Object.fromEntries(featureNames.map((name, place) => [name, place])) as Readonly<Record<FeatureName, number>>;

/** Terms of explicit feedback: they outrank what behaviour suggests. */
export const EXPLICIT_FEATURES: ReadonlySet<string> = new Set<FeatureName>([
  'signal.thumbs_down', 'signal.thumbs_up', 'signal.low_rating', 'signal.high_rating', 'signal.user_correction', 'signal.unsafe_answer',
]);

/**
 * Numbers, mostly 0 or 1, that the weights are for, as two parallel lists; a feature that is 0 is left out. One list is filled again and
 * again, since it is needed once for every interaction of the log.
 */
export class FailureFeatures {
  readonly places = new Uint8Array(featureNames.length);
  readonly values = new Float64Array(featureNames.length);
  size = 0;

  clear(): this {
    this.size = 0;
    return this;
  }

  /** A feature is added at most once. */
  add(place: number, value: number): void {
    if (value === 0) return;
    this.places[this.size] = place;
    this.values[this.size] = value;
    this.size += 1;
  }
}

const replyCuePlaces = replyCueNames.map((cue) => [cue, featurePlaces[`reply.${cue}`]] as const);
const userCuePlaces = userCueNames.map((cue) => [cue, featurePlaces[`next.${cue}`]] as const);
const signalPlaces = Object.fromEntries(signalNameSchema.options.map((name) => [name, featurePlaces[`signal.${name}`]])) as Readonly<Record<Signal['name'], number>>;

/** Everything the probability is made of: words of the reply, words of what the user said next, their products, and signals by strength (one of a name). */
export const addFailureFeatures = (features: FailureFeatures, { exchange, next, signals }: { exchange: Exchange; next: NextTurn | undefined; signals: readonly Signal[] }): void => {
  addReply(features, exchange);
  if (next !== undefined) {
    addUser(features, next.message);
    addProducts(features, { reply: exchange.reply, next });
  }
  for (const { name, strength, evidence } of signals) {
    // What somebody wrote to us as feedback weighs more than the same words to the assistant.
    features.add(name === 'negative_comment' && evidence['feedbackId'] !== undefined ? featurePlaces['feedback.negative_comment'] : signalPlaces[name], strength);
  }
};

const addReply = (features: FailureFeatures, { query, reply, replyRepeats }: Exchange): void => {
  if (reply.cues.bits !== 0) for (const [cue, place] of replyCuePlaces) if (hasCue(reply.cues, cue)) features.add(place, 1);
  if (hasMark(reply, 'endsWithQuestion')) features.add(featurePlaces['reply.question'], 1);
  if (reply.wordCount > 0 && reply.wordCount <= 4) features.add(featurePlaces['reply.short'], 1);
  features.add(featurePlaces['reply.repeats'], replyRepeats ?? 0);
  if (sizeOf(query.content) >= 2 && countShared(query.content, reply.content) === 0) features.add(featurePlaces['reply.off_topic'], 1);
};

const addUser = (features: FailureFeatures, message: TextProfile): void => {
  features.add(featurePlaces['next.any'], 1);
  if (message.cues.bits !== 0) for (const [cue, place] of userCuePlaces) if (hasCue(message.cues, cue)) features.add(place, 1);
  features.add(featurePlaces['next.negations'], Math.min(message.cues.negations, 3) / 3);
  if (hasMark(message, 'exclaims')) features.add(featurePlaces['next.exclaims'], 1);
  if (hasMark(message, 'asks')) features.add(featurePlaces['next.asks'], 1);
  if (hasMark(message, 'asksTwice')) features.add(featurePlaces['next.asks_twice'], 1);
  if (message.wordCount <= 3) features.add(featurePlaces['next.short'], 1);
  if (message.wordCount >= 20) features.add(featurePlaces['next.long'], 1);
};

const addProducts = (features: FailureFeatures, { reply, next }: { reply: TextProfile; next: NextTurn }): void => {
  const user = next.message.cues;
  const no = hasCue(user, 'no_first');
  const thanks = hasCue(user, 'thanks');
  if (hasCue(reply.cues, 'failed') || hasCue(reply.cues, 'does_not_know')) {
    if (no || hasCue(user, 'another') || hasCue(user, 'retry') || hasCue(user, 'correction') || next.toQuery.strength > 0) features.add(featurePlaces['failed*insists'], 1);
    if (thanks || hasCue(user, 'praise') || hasCue(user, 'yes_first')) features.add(featurePlaces['failed*content'], 1);
  }
  if (hasCue(reply.cues, 'asks_confirm') && (no || hasCue(user, 'correction') || hasCue(user, 'rewording'))) features.add(featurePlaces['confirm*no'], 1);
  if (hasCue(reply.cues, 'offers') && no && !thanks) features.add(featurePlaces['offer*no'], 1);
  if (hasMark(reply, 'endsWithQuestion') && no && !thanks) features.add(featurePlaces['question*no'], 1);
  if (thanks && !no) features.add(featurePlaces['thanks*not_no'], 1);
  if (thanks && no) features.add(featurePlaces['no*thanks'], 1);
  if (hasCue(user, 'dislike') && !hasCue(user, 'praise')) features.add(featurePlaces['dislike*no_praise'], 1);
  if (hasMark(reply, 'endsWithQuestion') && next.message.wordCount <= 3) features.add(featurePlaces['question*short'], 1);
};
