import { betaQuantileOf, HIGH, LOW, type Quantile } from './quantiles.js';
import { repliesNotKnowing, repliesRefusing } from '../diagnosis/text-cues.js';
import type { Failure } from '../analysis/failure.js';
import type { Estimate } from '@ratchet/domain';

/** Past judged or rolled-out cycles of one fix type. */
export interface FixOutcomes {
  readonly succeeded: number;
  readonly failed: number;
}

/** One failed cycle in four is assumed before any is known: Beta(1, 3), posterior mean. */
const PRIOR_FAILED = 1;
const PRIOR_SUCCEEDED = 3;
/** How much of the remaining safety a cluster loses that lies wholly among answers that the model serves. */
const CLOSENESS_WEIGHT = 0.2;

/**
 * Share of failures whose reply was one of the model's real answers. Where it said that it does not know, a fix adds an answer;
 * where it gave another one with confidence, a fix moves a border that well-served traffic lies beside.
 */
export const closenessToServedTraffic = (failures: readonly Pick<Failure, 'response'>[]): number =>
  failures.length === 0 ? 0 : failures.filter(({ response }) => response !== '' && !repliesNotKnowing(response) && !repliesRefusing(response)).length / failures.length;

/**
 * 1 − (1 − p)(1 − 0.2·closeness), where p is the share of this fix type's cycles that fail: its posterior is Beta(1 + failed, 3 + succeeded), its mean gives
 * the value and its 5 % and 95 % quantiles the range.
 */
export const estimateRegressionRisk = ({ outcomes, closeness }: { readonly outcomes: FixOutcomes; readonly closeness: number }): { readonly estimate: Estimate; readonly quantile: Quantile } => {
  const alpha = outcomes.failed + PRIOR_FAILED;
  const beta = outcomes.succeeded + PRIOR_SUCCEEDED;
  const withCloseness = (p: number): number => 1 - (1 - p) * (1 - CLOSENESS_WEIGHT * closeness);
  const posterior = betaQuantileOf({ alpha, beta });
  const quantile: Quantile = (p) => withCloseness(posterior(p));
  const n = outcomes.failed + outcomes.succeeded;
  const past = n === 0 ? 'no cycle of this fix type was decided yet: one in four is assumed to fail' : `${outcomes.failed} of ${n} decided cycles of this fix type failed`;
  const basis = `${past}; ${Math.round(closeness * 100)} % of the replies are real answers, beside which traffic is served`;
  return { estimate: { value: withCloseness(alpha / (alpha + beta)), low: quantile(LOW), high: quantile(HIGH), n, basis }, quantile };
};
