import type { SparseVector } from './featurize.js';
import { type LinearSoftmax, softmaxInPlace } from './linear-softmax.js';

/** A held-out example: the model never trains on it. */
export interface HeldOut {
  readonly features: SparseVector;
  readonly classIndex: number;
  /** Out-of-scope examples help to set the temperature, but are no known traffic. */
  readonly outOfScope: boolean;
}

export interface Calibration {
  /** Scores are divided by it before the softmax (Guo et al. 2017, arXiv 1706.04599). */
  readonly temperature: number;
  /** Confidence below which the model says that it does not know. */
  readonly threshold: number;
  readonly heldOutExamples: number;
  /** Share of the held-out examples answered right; null without any. */
  readonly heldOutAccuracy: number | null;
}

/** Share of known traffic that the threshold may flag. */
export const KNOWN_TRAFFIC_FLAGGED = 0.05;

const TEMPERATURE_MIN = 0.05;
const TEMPERATURE_MAX = 5;
const { exp, log } = Math;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

export interface ScoredHeldOut extends Omit<HeldOut, 'features'> {
  readonly scores: Float64Array;
}

export function scoreHeldOut(head: LinearSoftmax, items: readonly HeldOut[]): ScoredHeldOut[] {
  return items.map(({ features, classIndex, outOfScope }) => {
    const scores = new Float64Array(head.classes);
    head.logitsInto(features, scores);
    return { scores, classIndex, outOfScope };
  });
}

/** Temperature by least negative log-likelihood, then the threshold that flags 5 % of the known held-out examples. */
export function calibrate(items: readonly ScoredHeldOut[], isOutOfScope: (classIndex: number) => boolean = () => false): Calibration {
  if (items.length === 0) return { temperature: 1, threshold: 0, heldOutExamples: 0, heldOutAccuracy: null };
  const temperature = bestTemperature(items);
  let right = 0;
  const confidences: number[] = [];
  for (const item of items) {
    const probabilities = Float64Array.from(item.scores);
    softmaxInPlace(probabilities, probabilities.length, temperature);
    const best = indexOfMax(probabilities, probabilities.length);
    if (best === item.classIndex) right += 1;
    // A known text that is taken for out of scope is flagged already, and uses up its part of the share.
    if (!item.outOfScope) confidences.push(isOutOfScope(best) ? 0 : (probabilities[best] as number));
  }
  return { temperature, threshold: lowerQuantile(confidences, KNOWN_TRAFFIC_FLAGGED), heldOutExamples: items.length, heldOutAccuracy: right / items.length };
}

export function indexOfMax(values: ArrayLike<number>, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i += 1) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** The largest value with at most this share strictly below it; 0 for no values. */
function lowerQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

/** Golden-section search over log temperature; the likelihood has one optimum in it. */
function bestTemperature(items: readonly ScoredHeldOut[]): number {
  let low = log(TEMPERATURE_MIN);
  let high = log(TEMPERATURE_MAX);
  for (let i = 0; i < 24; i += 1) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (negativeLogLikelihood(items, exp(left)) <= negativeLogLikelihood(items, exp(right))) high = right;
    else low = left;
  }
  return exp((low + high) / 2);
}

function negativeLogLikelihood(items: readonly ScoredHeldOut[], temperature: number): number {
  let sum = 0;
  for (const { scores, classIndex } of items) {
    const top = scores[indexOfMax(scores, scores.length)] as number;
    let total = 0;
    for (let c = 0; c < scores.length; c += 1) total += exp(((scores[c] as number) - top) / temperature);
    sum += log(total) - ((scores[classIndex] as number) - top) / temperature;
  }
  return sum;
}
