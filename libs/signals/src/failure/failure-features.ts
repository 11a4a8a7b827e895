import type { Signal } from '@ratchet/domain';
import { hasCue } from '../cues/cue-matcher.js';
import type { CueName } from '../cues/en.js';
import { countShared } from '../text/similarity.js';
import type { TextProfile } from '../text/text-profile.js';
import type { Exchange, NextTurn } from './exchange.js';

/** Named numbers, mostly 0 or 1, that the weights are for; a feature that is 0 is left out. */
export type FailureFeatures = Record<string, number>;

const userCueNames: readonly CueName[] = [
  'no_first', 'correction', 'rewording', 'another', 'retry', 'apology', 'complaint', 'dislike', 'confusion', 'doubt', 'give_up', 'thanks', 'praise', 'yes_first', 'goodbye',
];
const replyCueNames: readonly CueName[] = ['failed', 'does_not_know', 'asks_repeat', 'asks_confirm', 'asks_detail', 'offers', 'success', 'thanked'];

/** Terms of explicit feedback: they outrank what behaviour suggests. */
export const EXPLICIT_SIGNALS: ReadonlySet<string> = new Set<Signal['name']>(['thumbs_down', 'thumbs_up', 'low_rating', 'high_rating', 'user_correction', 'unsafe_answer']);

/** Everything the probability is made of: words of the reply, words of what the user said next, their products, and signals by strength. */
export const failureFeatures = ({ exchange, next, signals }: { exchange: Exchange; next: NextTurn | undefined; signals: readonly Signal[] }): FailureFeatures => {
  const features: FailureFeatures = {};
  addReply(features, exchange);
  if (next !== undefined) {
    addUser(features, next.message);
    addProducts(features, { reply: exchange.reply, next });
  }
  for (const { name, strength, evidence } of signals) {
    // What somebody wrote to us as feedback weighs more than the same words to the assistant.
    const key = name === 'negative_comment' && evidence.feedbackId !== undefined ? 'feedback.negative_comment' : `signal.${name}`;
    features[key] = Math.max(features[key] ?? 0, strength);
  }
  return features;
};

const addReply = (features: FailureFeatures, { query, reply, replyRepeats }: Exchange): void => {
  for (const cue of replyCueNames) if (hasCue(reply.cues, cue)) features[`reply.${cue}`] = 1;
  if (reply.endsWithQuestion) features['reply.question'] = 1;
  if (reply.wordCount > 0 && reply.wordCount <= 4) features['reply.short'] = 1;
  if (replyRepeats > 0) features['reply.repeats'] = replyRepeats;
  if (query.content.length >= 2 && countShared(query.content, reply.content) === 0) features['reply.off_topic'] = 1;
};

const addUser = (features: FailureFeatures, message: TextProfile): void => {
  features['next.any'] = 1;
  for (const cue of userCueNames) if (hasCue(message.cues, cue)) features[`next.${cue}`] = 1;
  const negations = message.cues.counts.negation ?? 0;
  if (negations > 0) features['next.negations'] = Math.min(negations, 3) / 3;
  if (message.exclamationMarks > 0) features['next.exclaims'] = 1;
  if (message.questionMarks > 0) features['next.asks'] = 1;
  if (message.questionMarks > 1) features['next.asks_twice'] = 1;
  if (message.wordCount <= 3) features['next.short'] = 1;
  if (message.wordCount >= 20) features['next.long'] = 1;
};

const addProducts = (features: FailureFeatures, { reply, next }: { reply: TextProfile; next: NextTurn }): void => {
  const user = next.message.cues;
  const says = (cue: CueName): boolean => hasCue(user, cue);
  const no = says('no_first');
  const fails = hasCue(reply.cues, 'failed') || hasCue(reply.cues, 'does_not_know');
  const insists = no || says('another') || says('retry') || says('correction') || next.toQuery.strength > 0;
  const set = (name: string, holds: boolean): void => {
    if (holds) features[name] = 1;
  };
  set('failed*insists', fails && insists);
  set('failed*content', fails && (says('praise') || says('thanks') || says('yes_first')));
  set('confirm*no', hasCue(reply.cues, 'asks_confirm') && (no || says('correction') || says('rewording')));
  set('offer*no', hasCue(reply.cues, 'offers') && no && !says('thanks'));
  set('question*no', reply.endsWithQuestion && no && !says('thanks'));
  set('thanks*not_no', says('thanks') && !no);
  set('no*thanks', says('thanks') && no);
  set('dislike*no_praise', says('dislike') && !says('praise'));
  set('question*short', reply.endsWithQuestion && next.message.wordCount <= 3);
};
