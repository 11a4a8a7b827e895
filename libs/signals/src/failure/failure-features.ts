import { type Signal, type SignalName, signalNameSchema } from '@ratchet/domain';
import { cueBits } from '../cues/cue-book.js';
import { hasCue } from '../cues/cue-matcher.js';
import type { CueName } from '../cues/cue-names.js';
import { countShared, sizeOf } from '../text/stem-set.js';
import { hasMark, type TextProfile } from '../text/text-profile.js';
import type { Course, Exchange, NextTurn } from './exchange.js';
import { endingSignals, featureNames, featurePlaces, queryCueNames, replyCueNames, replyStates, userCueNames, userStates } from './feature-names.js';

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

const placeOfBit = (bit: number): number => 31 - Math.clz32(bit);

/** By the place of a cue's bit, the place of its feature; -1 where it has none. */
const placesByBit = (pairs: readonly (readonly [CueName, number])[]): Int16Array => {
  const places = new Int16Array(32).fill(-1);
  for (const [cue, place] of pairs) places[placeOfBit(cueBits[cue])] = place;
  return places;
};
const replyCuePlaces = placesByBit(replyCueNames.map((cue) => [cue, featurePlaces[`reply.${cue}`]]));
const userCuePlaces = placesByBit(userCueNames.map((cue) => [cue, featurePlaces[`next.${cue}`]]));
const queryCuePlaces = placesByBit(queryCueNames.map((cue) => [cue, featurePlaces[`query.${cue}`]]));

const addCues = (features: FailureFeatures, bits: number, places: Int16Array): void => {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const place = places[placeOfBit(rest & -rest)] as number;
    if (place >= 0) features.add(place, 1);
  }
};

const signalPlaces = Object.fromEntries(signalNameSchema.options.map((name) => [name, featurePlaces[`signal.${name}`]])) as Readonly<Record<Signal['name'], number>>;
const endingPlaces: Partial<Record<SignalName, number>> = Object.fromEntries(endingSignals.map((name) => [name, featurePlaces[`end.${name}`]]));
const productPlaces = replyStates.map((reply) => userStates.map((user) => featurePlaces[`${reply}*${user}`]));

/** log2 of one more than the number of words; 31 words give 1. */
const LOG_WORDS = Float64Array.from({ length: 1_001 }, (_, words) => Math.log2(1 + words) / 5);
const logWords = ({ wordCount }: TextProfile): number => LOG_WORDS[Math.min(wordCount, 1_000)] as number;

/** What is known of an interaction when its window closes. */
export interface Closed {
  readonly exchange: Exchange;
  readonly next: NextTurn | undefined;
  readonly signals: readonly Signal[];
  readonly course: Course;
}

/** Everything the probability is made of: words of the reply, words of what the user said next, their products, the course so far, and signals by strength (one of a name). */
export const addFailureFeatures = (features: FailureFeatures, { exchange, next, signals, course }: Closed): void => {
  const fit = addReply(features, exchange);
  if (next === undefined) features.add(featurePlaces['end.no_message'], 1);
  else {
    addUser(features, next.message);
    addContent(features, exchange, next);
    addQuery(features, exchange.query);
    addCourse(features, course);
    addProducts(features, { reply: exchange.reply, next });
  }
  // Whoever says the same again after a question mostly answers it.
  const illFit = failedIn(exchange.reply) ? 1 : hasMark(exchange.reply, 'endsWithQuestion') ? 0 : 1 - fit;
  for (const { name, strength, evidence } of signals) {
    // What somebody wrote to us as feedback weighs more than the same words to the assistant.
    if (name === 'negative_comment' && evidence['feedbackId'] !== undefined) features.add(featurePlaces['feedback.negative_comment'], strength);
    else features.add(next === undefined ? (endingPlaces[name] ?? signalPlaces[name]) : signalPlaces[name], strength);
    if (name === 'reformulation') features.add(featurePlaces['rewrites*ill_fit'], strength * illFit);
    if (name === 'repeated_query') features.add(featurePlaces['repeats*ill_fit'], strength * illFit);
  }
};

const failedIn = ({ cues }: TextProfile): boolean => hasCue(cues, 'failed') || hasCue(cues, 'does_not_know');

/** Gives how well the reply fits the question: the share of its content words that the reply takes up; 1 where there are none. */
const addReply = (features: FailureFeatures, { query, reply, replyRepeats }: Exchange): number => {
  addCues(features, reply.cues.bits, replyCuePlaces);
  if (hasMark(reply, 'endsWithQuestion')) features.add(featurePlaces['reply.question'], 1);
  if (reply.wordCount > 0 && reply.wordCount <= 4) features.add(featurePlaces['reply.short'], 1);
  features.add(featurePlaces['reply.words'], logWords(reply));
  features.add(featurePlaces['reply.repeats'], replyRepeats ?? 0);
  const asked = sizeOf(query.content);
  if (asked === 0) return 1;
  const fit = countShared(query.content, reply.content) / asked;
  features.add(featurePlaces['reply.fit'], fit);
  if (asked >= 2 && fit === 0) features.add(featurePlaces['reply.off_topic'], 1);
  return fit;
};

const addUser = (features: FailureFeatures, message: TextProfile): void => {
  addCues(features, message.cues.bits, userCuePlaces);
  features.add(featurePlaces['next.negations'], Math.min(message.cues.negations, 3) / 3);
  if (hasMark(message, 'exclaims')) features.add(featurePlaces['next.exclaims'], 1);
  if (hasMark(message, 'asks')) features.add(featurePlaces['next.asks'], 1);
  if (hasMark(message, 'asksTwice')) features.add(featurePlaces['next.asks_twice'], 1);
  if (message.wordCount <= 3) features.add(featurePlaces['next.short'], 1);
  if (message.wordCount >= 20) features.add(featurePlaces['next.long'], 1);
  features.add(featurePlaces['next.words'], logWords(message));
};

const addContent = (features: FailureFeatures, { query, reply }: Exchange, { message }: NextTurn): void => {
  const size = sizeOf(message.content);
  if (size === 0) return;
  features.add(featurePlaces['next.picks_up'], countShared(message.content, reply.content) / size);
  features.add(featurePlaces['next.stays'], countShared(message.content, query.content) / size);
};

const addQuery = (features: FailureFeatures, query: TextProfile): void => {
  addCues(features, query.cues.bits, queryCuePlaces);
  features.add(featurePlaces['query.words'], logWords(query));
};

const addCourse = (features: FailureFeatures, { turn, troubled }: Course): void => {
  features.add(featurePlaces['course.turn'], Math.min(turn, 15) / 15);
  if (turn <= 1) features.add(featurePlaces['course.first'], 1);
  if (troubled > 0) features.add(featurePlaces['course.trouble'], 1);
  features.add(featurePlaces['course.troubled'], troubled / Math.max(1, turn));
};

/** A bit for each of {@link replyStates}. */
const replyBitsOf = (reply: TextProfile): number => {
  const { cues } = reply;
  const asks = hasMark(reply, 'endsWithQuestion');
  return (failedIn(reply) ? 1 : 0) | (hasCue(cues, 'asks_confirm') ? 2 : 0) | (hasCue(cues, 'offers') ? 4 : 0) | (asks ? 8 : 16) | (hasCue(cues, 'offers_more') ? 32 : 0);
};

/** A bit for each of {@link userStates}. */
const userBitsOf = (message: TextProfile): number => {
  const { cues } = message;
  const marks = (message.wordCount <= 3 ? 128 : 0) | (hasMark(message, 'asks') ? 256 : 0);
  if (cues.bits === 0) return marks;
  return (
    marks |
    (hasCue(cues, 'no_first') && !hasCue(cues, 'thanks') ? 1 : 0) |
    (cues.negations > 0 ? 2 : 0) |
    (hasCue(cues, 'correction') || hasCue(cues, 'rewording') ? 4 : 0) |
    (hasCue(cues, 'another') || hasCue(cues, 'retry') ? 8 : 0) |
    (hasCue(cues, 'doubt') || hasCue(cues, 'confusion') ? 16 : 0) |
    (hasCue(cues, 'dislike') || hasCue(cues, 'complaint') ? 32 : 0) |
    (hasCue(cues, 'thanks') || hasCue(cues, 'praise') || hasCue(cues, 'yes_first') ? 64 : 0) |
    (hasCue(cues, 'closes') ? 512 : 0) |
    (hasCue(cues, 'accepts') ? 1_024 : 0) |
    (hasCue(cues, 'asks_try') ? 2_048 : 0)
  );
};

const addProducts = (features: FailureFeatures, { reply, next: { message } }: { reply: TextProfile; next: NextTurn }): void => {
  const took = userBitsOf(message);
  for (let replied = replyBitsOf(reply); replied !== 0; replied &= replied - 1) {
    const places = productPlaces[placeOfBit(replied & -replied)] as readonly number[];
    for (let rest = took; rest !== 0; rest &= rest - 1) features.add(places[placeOfBit(rest & -rest)] as number, 1);
  }
  const { cues } = message;
  if (cues.bits === 0) return;
  const no = hasCue(cues, 'no_first');
  if (hasCue(cues, 'thanks')) features.add(no ? featurePlaces['no*thanks'] : featurePlaces['thanks*not_no'], 1);
  if (no && hasCue(cues, 'closes')) features.add(featurePlaces['no*closes'], 1);
  if (hasCue(cues, 'dislike') && !hasCue(cues, 'praise')) features.add(featurePlaces['dislike*no_praise'], 1);
};
