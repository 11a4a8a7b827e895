import type { SparseVector } from './featurize.js';
import type { LinearSoftmax } from './linear-softmax.js';

const { abs, exp, log, log1p, max, min, sqrt } = Math;

/** A held-out example: the model never trains on it. */
export interface HeldOut {
  readonly features: SparseVector;
  readonly classIndex: number;
  /** Out-of-scope examples help to fit the confidence, but are no known traffic. */
  readonly outOfScope: boolean;
}

/** How scores become a confidence, and when it is too low. Fitted on held-out examples. */
export interface Calibration {
  /** Scores are divided by it before the softmax; it follows the scores' scale, not their accuracy. */
  readonly temperature: number;
  /** Confidence = sigmoid(slope · log-odds of the best answer + offset): the chance that it is right. */
  readonly slope: number;
  readonly offset: number;
  /** Confidence below which the model says that it does not know. */
  readonly threshold: number;
  readonly heldOutExamples: number;
  /** Share of the held-out examples answered right; null without any. */
  readonly heldOutAccuracy: number | null;
}

export interface ScoredHeldOut extends Omit<HeldOut, 'features'> {
  readonly scores: Float64Array;
}

/**
 * Share of the known held-out examples that the threshold flags. Users vary more than the lines of one training file do: on separate
 * texts of a public intent set, this share flags about 5 %, and a share of 5 % flagged 10 to 13 %.
 */
export const HELD_OUT_FLAGGED = 0.03;

/**
 * Temperature in units of the scores' spread. The best for calibration would be about a third of it, but telling known from unknown
 * texts works better on the flatter distribution, and the sigmoid does the calibrating.
 */
const RELATIVE_TEMPERATURE = 0.5;

/** Share of meaningless texts that the threshold flags at least, as far as known texts allow. */
const NOISE_FLAGGED = 0.95;

const NEWTON_STEPS = 50;
const RIDGE = 1e-3;
const SLOPE_MIN = 0.05;
const LOG_ODDS_LIMIT = 30;

export function scoreHeldOut(head: LinearSoftmax, items: readonly HeldOut[]): ScoredHeldOut[] {
  return items.map(({ features, classIndex, outOfScope }) => {
    const scores = new Float64Array(head.classes);
    head.logitsInto(features, scores);
    return { scores, classIndex, outOfScope };
  });
}

/** The best class and the log-odds of its probability against all others together. */
export function bestOf({ scores, classes, temperature }: { scores: ArrayLike<number>; classes: number; temperature: number }): { best: number; logOdds: number } {
  let best = 0;
  for (let c = 1; c < classes; c += 1) if ((scores[c] as number) > (scores[best] as number)) best = c;
  const top = scores[best] as number;
  let others = 0;
  for (let c = 0; c < classes; c += 1) if (c !== best) others += exp(((scores[c] as number) - top) / temperature);
  return { best, logOdds: max(-LOG_ODDS_LIMIT, min(LOG_ODDS_LIMIT, -log(others))) };
}

export function confidenceOf({ slope, offset }: Pick<Calibration, 'slope' | 'offset'>, logOdds: number): number {
  return 1 / (1 + exp(-(slope * logOdds + offset)));
}

export interface CalibrateOptions {
  readonly items: readonly ScoredHeldOut[];
  /** Spread of the scores of `items`; see {@link scoreScale}. */
  readonly scale: number;
  readonly isOutOfScope: (classIndex: number) => boolean;
  /** Scores of texts that mean nothing, on the same scale: the threshold is kept above what the model makes of them. */
  readonly noise?: readonly Float64Array[];
}

/** Fits the confidence to how often the model is right, then sets the threshold that flags about 5 % of known traffic. */
export function calibrate({ items, scale, isOutOfScope, noise = [] }: CalibrateOptions): Calibration {
  const temperature = scale * RELATIVE_TEMPERATURE;
  if (items.length === 0) return { temperature, slope: 1, offset: 0, threshold: 0, heldOutExamples: 0, heldOutAccuracy: null };
  const judged = items.map((item) => {
    const { best, logOdds } = bestOf({ scores: item.scores, classes: item.scores.length, temperature });
    return { best, logOdds, right: best === item.classIndex, outOfScope: item.outOfScope };
  });
  const sigmoid = fitSigmoid(judged);
  // A known text that is taken for out of scope is flagged already, and uses up its part of the share.
  const confidences = judged.filter(({ outOfScope }) => !outOfScope).map(({ best, logOdds }) => (isOutOfScope(best) ? 0 : confidenceOf(sigmoid, logOdds)));
  const right = judged.filter((item) => item.right).length;
  const noiseConfidences = noise.map((scores) => confidenceOf(sigmoid, bestOf({ scores, classes: scores.length, temperature }).logOdds));
  // A small or much templated set can give known texts hardly more confidence than noise; half of them are let through even then.
  const floor = min(lowerQuantile(noiseConfidences, NOISE_FLAGGED), lowerQuantile(confidences, 0.5));
  const threshold = max(lowerQuantile(confidences, HELD_OUT_FLAGGED), floor);
  return { temperature, ...sigmoid, threshold, heldOutExamples: items.length, heldOutAccuracy: right / items.length };
}

/** Root mean square distance of the scores from each example's mean; 1 where all scores are equal. */
export function scoreScale(items: readonly ScoredHeldOut[]): number {
  let squares = 0;
  let count = 0;
  for (const { scores } of items) {
    let sum = 0;
    for (let c = 0; c < scores.length; c += 1) sum += scores[c] as number;
    const mean = sum / scores.length;
    for (let c = 0; c < scores.length; c += 1) squares += ((scores[c] as number) - mean) ** 2;
    count += scores.length;
  }
  return squares === 0 ? 1 : sqrt(squares / count);
}

/** The largest value with at most this share strictly below it; 0 for no values. */
function lowerQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

/**
 * Logistic regression of "right" on the log-odds, with Platt's smoothed targets (Platt 1999, "Probabilistic outputs for support
 * vector machines"), so that a handful of examples, or none wrong, does not make the model certain.
 */
function fitSigmoid(items: readonly { readonly logOdds: number; readonly right: boolean }[]): { slope: number; offset: number } {
  const right = items.filter((item) => item.right).length;
  const wrong = items.length - right;
  const targets = { right: (right + 1) / (right + 2), wrong: 1 / (wrong + 2) };
  let slope = 1;
  let offset = 0;
  let loss = lossOf({ items, targets, slope, offset });
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const { moveSlope, moveOffset } = newtonMove({ items, targets, slope, offset });
    // Halved until it helps: a full Newton step can overshoot where the sigmoid is flat.
    let size = 1;
    let next = loss;
    for (; size > 1e-6; size /= 2) {
      next = lossOf({ items, targets, slope: slope - size * moveSlope, offset: offset - size * moveOffset });
      if (next < loss) break;
    }
    if (!(next < loss)) break;
    slope -= size * moveSlope;
    offset -= size * moveOffset;
    if (abs(loss - next) < 1e-10 * (1 + abs(loss))) break;
    loss = next;
  }
  return { slope: max(SLOPE_MIN, slope), offset };
}

interface SigmoidPoint {
  readonly items: readonly { readonly logOdds: number; readonly right: boolean }[];
  readonly targets: { readonly right: number; readonly wrong: number };
  readonly slope: number;
  readonly offset: number;
}

function newtonMove({ items, targets, slope, offset }: SigmoidPoint): { moveSlope: number; moveOffset: number } {
  let gradientSlope = RIDGE * (slope - 1);
  let gradientOffset = 0;
  let hSlope = RIDGE;
  let hOffset = RIDGE;
  let hBoth = 0;
  for (const { logOdds, right } of items) {
    const p = confidenceOf({ slope, offset }, logOdds);
    const difference = p - (right ? targets.right : targets.wrong);
    const weight = p * (1 - p);
    gradientSlope += difference * logOdds;
    gradientOffset += difference;
    hSlope += weight * logOdds * logOdds;
    hBoth += weight * logOdds;
    hOffset += weight;
  }
  const determinant = hSlope * hOffset - hBoth * hBoth;
  return { moveSlope: (hOffset * gradientSlope - hBoth * gradientOffset) / determinant, moveOffset: (hSlope * gradientOffset - hBoth * gradientSlope) / determinant };
}

function lossOf({ items, targets, slope, offset }: SigmoidPoint): number {
  let sum = (RIDGE * (slope - 1) ** 2) / 2;
  for (const { logOdds, right } of items) {
    const target = right ? targets.right : targets.wrong;
    const z = slope * logOdds + offset;
    // Cross-entropy in a form that cannot overflow.
    sum += max(z, 0) - z * target + log1p(exp(-abs(z)));
  }
  return sum;
}
