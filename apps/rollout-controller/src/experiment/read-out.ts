import type { ExperimentConcluded, ExperimentPlan } from '@ratchet/domain';
import { sampleRatioChiSquare } from '@ratchet/stats';
import { splitEvidence } from '../rollout/split-evidence.js';
import type { Arms, ExperimentCounts, Units } from './experiment-counts.js';
import { type Bounds, type ExperimentVerdict, openLook, plannedInterval, plannedPValue, type Shares, verdictOf } from './looks.js';
import { adjustedDifferenceOf, type RateDifference, rateDifferenceOf } from './rate-difference.js';
import { segmentsOf } from './segments.js';

/** Where an experiment stands; what events carry of it. */
export type Reading = Pick<ExperimentConcluded, 'difference' | 'lower' | 'upper' | 'pValue' | 'adjusted'> & {
  readonly [Part in 'arms' | 'segments' | 'sampleRatio']: NonNullable<ExperimentConcluded[Part]>;
};

export interface ReadOutRequest {
  readonly counts: ExperimentCounts;
  readonly plan: ExperimentPlan;
  readonly shares: Shares;
  readonly alpha: number;
  readonly margin: number;
  /** Of a fixed plan: information at the looks so far, this one included. Empty: no look, so the interval holds everything. */
  readonly fractions: readonly number[];
  /** False where an earlier look had too few covariates: the analysis does not change back. */
  readonly mayAdjust: boolean;
  /** A fixed plan's p-value is worked out for the last look alone. */
  readonly isLast: boolean;
}

export const BAYES_FACTOR_BROKEN = 100;
const CHI_SQUARE_BROKEN = 0.001;
const MIN_EXPECTED = 10;

/** Did the arms get the shares that they were meant to get? The Bayes factor may be looked at always, the chi-square test once, at the end. */
export const sampleRatioOf = ({ counts, shares }: Pick<ReadOutRequest, 'counts' | 'shares'>): Reading['sampleRatio'] => {
  const { treatment, control } = counts.assigned ?? { treatment: counts.treatment.units, control: counts.control.units };
  const observed = { counts: [treatment, control], weights: [shares.share, shares.controlShare] };
  const { factor: bayesFactor } = splitEvidence({ ...observed, minExpected: MIN_EXPECTED });
  if (bayesFactor === null) return { bayesFactor, chiSquareP: null, broken: false };
  return { bayesFactor, chiSquareP: sampleRatioChiSquare(observed).p, broken: bayesFactor >= BAYES_FACTOR_BROKEN };
};

export const isSplitBrokenAtEnd = ({ broken, chiSquareP }: Reading['sampleRatio']): boolean => broken || (chiSquareP !== null && chiSquareP < CHI_SQUARE_BROKEN);

const divided = ({ units, failed }: Units, effect = 1): Units => ({ units: units / effect, failed: failed / effect });

/** What the counts say as much as, if all units were independent. */
export const effectiveUnits = ({ control, treatment, designEffect }: ExperimentCounts): Arms<Units> => ({
  control: divided(control, designEffect?.control),
  treatment: divided(treatment, designEffect?.treatment),
});

const EVERYTHING: Bounds = { lower: -1, upper: 1 };

const boundsOf = (difference: RateDifference, units: number, { plan, fractions, alpha }: ReadOutRequest): Bounds => {
  if (plan.type === 'open') return units === 0 ? EVERYTHING : openLook(difference, { units, alpha });
  return fractions.length === 0 ? EVERYTHING : plannedInterval(difference, { fractions, alpha });
};

const pValueOf = (difference: RateDifference, units: number, { plan, fractions, alpha, isLast }: ReadOutRequest): number | undefined => {
  if (units === 0) return undefined;
  if (plan.type === 'open') return openLook(difference, { units, alpha }).pValue;
  return isLast && fractions.length > 0 ? plannedPValue(difference, fractions) : undefined;
};

export interface ReadOut {
  readonly verdict: ExperimentVerdict;
  readonly reading: Reading;
}

/**
 * Reads an experiment at one look. Where nearly all units have a covariate, the difference without what it explains decides: it has the same expectation
 * and less variance, and who has a covariate does not depend on outcomes. Else the plain one does. The p-value is that of the one which decides.
 */
export const readOut = (request: ReadOutRequest): ReadOut => {
  const { counts, shares, margin } = request;
  const { control, treatment } = effectiveUnits(counts);
  const plain = rateDifferenceOf({ control, treatment });
  // What a covariate leaves of the variance is known here for independent units only.
  const without = counts.designEffect || !request.mayAdjust ? undefined : adjustedDifferenceOf(counts);
  const units = control.units + treatment.units;
  const [plainBounds, bounds] = [boundsOf(plain, units, request), boundsOf(without ?? plain, units, request)];
  const pValue = pValueOf(without ?? plain, units, request);
  const controlRate = control.units === 0 ? 0 : 1 - control.failed / control.units;
  const armOf = ({ units: all, failed }: Units): Units => ({ units: all, failed });
  const reading: Reading = {
    difference: plain.difference,
    ...plainBounds,
    ...(pValue !== undefined && { pValue }),
    arms: { control: armOf(counts.control), treatment: armOf(counts.treatment) },
    ...(without && { adjusted: { difference: without.difference, ...bounds, varianceRatio: without.varianceRatio } }),
    segments: segmentsOf(request),
    sampleRatio: sampleRatioOf({ counts, shares }),
  };
  return { verdict: verdictOf(bounds, margin * controlRate), reading };
};
