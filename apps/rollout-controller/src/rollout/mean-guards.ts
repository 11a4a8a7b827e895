import type { CheckResult, CheckVerdict } from './check-result.js';
import type { Comparison } from './evidence.js';
import { type ArmMean, comparableValues, costMean, meanContrast, type MeanStratum, qualityMean } from './mean-contrast.js';
import type { RolloutPolicy } from './rollout-policy.js';

/** A mean that the candidate must not make worse: of the scores of one evaluator, or of costs. */
export interface MeanGuard {
  readonly metric: string;
  /** What the minimum counts. */
  readonly counted: string;
  readonly estimate: (arm: Comparison['candidate']) => ArmMean;
  /** 1 where more is better, -1 where less is. */
  readonly better: 1 | -1;
  readonly margin: number;
  readonly anyLoss: boolean;
  readonly minimum: number;
  readonly proof: RolloutPolicy['quality']['proof'];
  readonly weight: number;
}

type Scorer = RolloutPolicy['quality']['scoredBy'][number];

/** Under which name an evaluator's scores are added up: a model's and a rule's have different scales. */
export const streamOf = (evaluator: string, scorer: Scorer): string => (scorer === 'judges' ? `${evaluator}_judged` : evaluator);

/** Quality is a test for each evaluator, by rules and by judges (their scales differ, and who scored what may differ by arm); they share its weight. */
export const meanGuardsOf = ({ guardsOff, thresholdZero, weights, quality, cost }: RolloutPolicy): readonly MeanGuard[] => {
  const streams = quality.scoredBy.flatMap((scorer) => quality.evaluators.map((evaluator) => streamOf(evaluator, scorer)));
  const scores = streams.map((stream): MeanGuard => ({
    metric: `quality_${stream}`,
    counted: 'scored conversations',
    estimate: (arm) => qualityMean(arm.quality[stream], quality.margin),
    better: 1,
    margin: quality.margin,
    anyLoss: thresholdZero.includes('quality'),
    minimum: quality.minScores,
    proof: quality.proof,
    weight: weights.quality / streams.length,
  }));
  const costs: MeanGuard = {
    metric: 'cost_usd',
    counted: 'requests with a cost',
    estimate: costMean,
    better: -1,
    margin: cost.margin,
    anyLoss: thresholdZero.includes('cost'),
    minimum: cost.minRequests,
    proof: cost.proof,
    weight: weights.cost,
  };
  return [...(guardsOff.includes('quality') ? [] : scores), ...(guardsOff.includes('cost') ? [] : [costs])];
};

const verdictOf = (lower: number, upper: number): CheckVerdict => (upper < 0 ? 'harm' : lower > 0 ? 'proven' : 'open');

const tooFew = ({ metric, counted, minimum }: MeanGuard, [candidate, baseline]: readonly [number, number]): CheckResult => ({
  name: metric, value: null, lower: null, upper: null, threshold: 0, verdict: 'open',
  message: `${metric} needs ${minimum} ${counted} in each arm, has ${Math.floor(candidate)} and ${Math.floor(baseline)}`,
});

/** The means of both arms, stage by stage. */
export const strataOf = ({ estimate }: MeanGuard, comparisons: readonly Comparison[]): readonly MeanStratum[] =>
  comparisons.map(({ stage, candidate, baseline }) => ({ stage, candidate: estimate(candidate), baseline: estimate(baseline) }));

/**
 * Candidate against baseline, oriented so that above 0 is good: candidate - (1 - m) baseline of scores, (1 + m) baseline - candidate of
 * costs. Nothing where nobody measures it, or where there is nothing to lose (a baseline of 0).
 */
export const checkMeans = (guard: MeanGuard, strata: readonly MeanStratum[], { alpha, side }: { readonly alpha: number; readonly side: 'harm' | 'proof' }): readonly CheckResult[] => {
  const { metric, better, margin, anyLoss, minimum, proof } = guard;
  if (side === 'proof' && proof === 'none') return [];
  const mustBe = side === 'proof' && proof === 'required';
  const has = comparableValues(strata);
  const missing = has.candidate < minimum || has.baseline < minimum;
  if (missing && side === 'proof' && !mustBe) return [];
  const measured = strata.some(({ candidate, baseline }) => candidate.n > 0 || baseline.n > 0);
  if (!measured && !mustBe) return [];
  if (missing) return [tooFew(guard, [has.candidate, has.baseline])];
  if (!mustBe && strata.every(({ baseline }) => baseline.mean <= 0)) return [];
  const tolerated = side === 'harm' && anyLoss ? 0 : margin;
  const factor = 1 - better * tolerated;
  const result = meanContrast(strata, { factor, alpha });
  if (!result) return [];
  const value = better * result.contrast;
  const [lower, upper] = [value - result.halfWidth, value + result.halfWidth];
  const means = `candidate ${better === 1 ? 'minus' : 'below'} ${factor.toFixed(2)} of the baseline by ${value.toPrecision(3)}, between ${lower.toPrecision(3)} and ${upper.toPrecision(3)}`;
  return [{ name: metric, value, lower, upper, threshold: 0, verdict: verdictOf(lower, upper), message: `${metric} over all stages: ${means}` }];
};
