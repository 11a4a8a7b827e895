import type { ExperimentConcluded } from '@ratchet/domain';
import { stratifiedDifference } from '@ratchet/stats';
import { openLook, verdictOf } from '../experiment/looks.js';
import { effectiveEvidence } from './design-effect.js';
import { comparisonOf, type Evidence } from './evidence.js';
import type { RolloutPolicy } from './rollout-policy.js';

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
  const { lower, upper } = openLook({ difference, variance: se * se }, { units: nc + nb, alpha: policy.alpha });
  return { verdict: verdictOf({ lower, upper }, policy.margin * (xb / nb)), difference, lower, upper };
};
