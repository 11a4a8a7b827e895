import type { ExperimentConcluded, ExperimentPlan } from '@ratchet/domain';
import { asymptoticConfidenceSequence, groupSequentialBounds, normalPValue } from '@ratchet/stats';
import type { RateDifference } from './rate-difference.js';

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

export type ExperimentVerdict = ExperimentConcluded['verdict'];

/** Whether a difference lies within what does not matter; `tolerated` in the same unit, either way. */
export const isTolerated = ({ lower, upper }: Bounds, tolerated: number): boolean => lower > -tolerated && upper < tolerated;

/** What an interval of treatment minus control shows. */
export const verdictOf = (bounds: Bounds, tolerated: number): ExperimentVerdict => {
  if (bounds.lower > 0) return 'treatment_wins';
  if (bounds.upper < 0) return 'control_wins';
  return isTolerated(bounds, tolerated) ? 'no_difference' : 'inconclusive';
};

export interface Shares {
  readonly share: number;
  readonly controlShare: number;
}

type FixedPlan = Extract<ExperimentPlan, { type: 'fixed' }>;

/** The sample that an open plan's interval is tightest at; the usual choice where the end is not declared. */
const TIGHTEST_AT = 5000;
/** Before this part of the information a look has practically no error rate to spend. */
const FIRST_FRACTION = 0.02;
/** Looks that are nearer than this part of their planned distance cannot be told apart numerically, and say nothing new. */
const NEAREST = 0.25;

/**
 * Part of the planned information that two arms have, 0 to 1. Information on a difference is n_t n_c / (n_t + n_c): unlike a count of units it does
 * not depend on the split. All of it is there when, at the shares as planned, the smaller arm has `unitsPerArm`.
 */
export const informationFraction = ({ treatment, control, shares, unitsPerArm }: { treatment: number; control: number; shares: Shares; unitsPerArm: number }): number => {
  if (treatment === 0 || control === 0) return 0;
  const ratio = Math.max(shares.share, shares.controlShare) / Math.min(shares.share, shares.controlShare);
  const planned = (unitsPerArm * ratio) / (1 + ratio);
  return Math.min(1, (treatment * control) / (treatment + control) / planned);
};

/** Is it time for a look? The planned ones come when their information is there; who comes late has the fraction that there is. */
export const isLookDue = (plan: FixedPlan, { fraction, before }: { fraction: number; before: number }): boolean => {
  if (fraction >= 1) return true;
  const number = (part: number): number => Math.floor(part * plan.looks + 1e-9);
  const nearest = NEAREST / plan.looks;
  return number(fraction) > number(before) && fraction - before >= nearest && 1 - fraction >= nearest;
};

/** May a person's stop be one more look, at the fraction that there is? */
export const isLookPossible = (plan: FixedPlan, { fraction, before }: { fraction: number; before: number }): boolean => fraction >= FIRST_FRACTION && fraction - before >= NEAREST / plan.looks;

// Bounds take milliseconds, and depend on little.
const KNOWN_MAX = 10_000;
const known = new Map<string, number>();

/** O'Brien-Fleming by Lan and DeMets at the fractions as they came. Where no error rate is to be spent there is no bound, and none is crossed. */
const boundAt = (fractions: readonly number[], alpha: number): number => {
  const key = `${alpha} ${fractions.join(' ')}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  let bound = Number.POSITIVE_INFINITY;
  try {
    bound = groupSequentialBounds({ informationFractions: fractions, alpha, spending: 'obf', sides: 2 }).at(-1) ?? bound;
  } catch {
    // Looks too early or too close together: `isLookDue` asks for none such, a p-value's tiny error rates do.
  }
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, bound);
  return bound;
};

const clipped = (difference: number, halfWidth: number): Bounds => ({ lower: Math.max(-1, difference - halfWidth), upper: Math.min(1, difference + halfWidth) });

/** The repeated confidence interval at the last of `fractions`: all looks' intervals hold together with probability 1 - alpha (Jennison and Turnbull 2000, chapter 9). */
export const plannedInterval = ({ difference, variance }: RateDifference, { fractions, alpha }: { readonly fractions: readonly number[]; readonly alpha: number }): Bounds =>
  clipped(difference, boundAt(fractions, alpha) * Math.sqrt(variance));

const SMALLEST_LOG_P = Math.log(1e-6);
const LARGEST_LOG_P = Math.log(0.499);
/** Bounds are worked out at so many error rates, each a third above the last, and between two of them log p is taken as linear in z squared. */
const P_GRID = 48;

const rateAt = (index: number): number => Math.exp(SMALLEST_LOG_P + ((LARGEST_LOG_P - SMALLEST_LOG_P) * index) / P_GRID);

/** The repeated p-value: the smallest error rate with which the plan would have rejected at this look; not below 1e-6, and 1 where it is above 0.499. */
export const plannedPValue = ({ difference, variance }: RateDifference, fractions: readonly number[]): number => {
  const z = Math.abs(difference) / Math.sqrt(variance);
  // A plan with one look is an ordinary test.
  if (fractions.length === 1 && fractions[0] === 1) return normalPValue({ z, alternative: 'two-sided' });
  if (z < boundAt(fractions, rateAt(P_GRID))) return 1;
  if (z >= boundAt(fractions, rateAt(0))) return rateAt(0);
  let [low, high] = [0, P_GRID];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (z >= boundAt(fractions, rateAt(middle))) high = middle;
    else low = middle;
  }
  const [above, below] = [boundAt(fractions, rateAt(low)), boundAt(fractions, rateAt(high))];
  if (!Number.isFinite(above)) return rateAt(high);
  const part = (z * z - below * below) / (above * above - below * below);
  return Math.exp(Math.log(rateAt(high)) + part * (Math.log(rateAt(low)) - Math.log(rateAt(high))));
};

/** Interval and p-value without an end: an asymptotic confidence sequence, looked at as often as one likes. */
export const openLook = ({ difference, variance }: RateDifference, { units, alpha }: { readonly units: number; readonly alpha: number }): Bounds & { readonly pValue: number } => {
  const { halfWidthTwoSided, pTwoSided } = asymptoticConfidenceSequence({ se: Math.sqrt(variance), n: units, nstar: TIGHTEST_AT, alpha, estimate: difference });
  return { ...clipped(difference, halfWidthTwoSided), pValue: pTwoSided };
};
