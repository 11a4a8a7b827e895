import type { ExperimentConcluded } from '@ratchet/domain';
import { asymptoticConfidenceSequence, stratifiedDifference } from '@ratchet/stats';
import { effectiveEvidence } from './design-effect.js';
import { comparisonOf, type Evidence } from './evidence.js';
import type { RolloutPolicy } from './rollout-policy.js';

// The sample at which the interval is tightest; the usual choice where the end is not declared.
const TIGHTEST_AT = 5000;

export type ExperimentConclusion = Pick<ExperimentConcluded, 'verdict' | 'difference' | 'lower' | 'upper'>;

/**
 * The rollout read as an A/B test of success rates over all its stages: two-sided, any-time valid, because its end was not declared.
 * `no_difference` needs an interval inside the margin; too little data is `inconclusive`.
 */
export const concludeExperiment = (evidence: Evidence, policy: RolloutPolicy): ExperimentConclusion => {
  const stages = effectiveEvidence(evidence).stages
    .map((tally) => comparisonOf(tally, policy))
    .map(({ candidate, baseline }) => ({ xc: candidate.units - candidate.failedUnits, nc: candidate.units, xb: baseline.units - baseline.failedUnits, nb: baseline.units }))
    .filter(({ nc, nb }) => nc > 0 && nb > 0);
  const [nc, nb, xb] = (['nc', 'nb', 'xb'] as const).map((name) => stages.reduce((sum, stage) => sum + stage[name], 0)) as [number, number, number];
  const { difference, se } = stratifiedDifference(stages);
  if (nc < policy.minTestSample || nb < policy.minTestSample || !(se > 0)) return { verdict: 'inconclusive', difference, lower: -1, upper: 1 };
  const { halfWidthTwoSided } = asymptoticConfidenceSequence({ se, n: nc + nb, nstar: TIGHTEST_AT, alpha: policy.alpha, estimate: difference });
  const [lower, upper] = [Math.max(-1, difference - halfWidthTwoSided), Math.min(1, difference + halfWidthTwoSided)];
  const tolerated = policy.margin * (xb / nb);
  if (lower > 0) return { verdict: 'treatment_wins', difference, lower, upper };
  if (upper < 0) return { verdict: 'control_wins', difference, lower, upper };
  return { verdict: lower > -tolerated && upper < tolerated ? 'no_difference' : 'inconclusive', difference, lower, upper };
};
