import { severityOf } from '@ratchet/signals';
import { ratioMetric } from '@ratchet/stats';
import { HIGH, LOW, meanQuantile, type Quantile } from './quantiles.js';
import { userOf, type Failure } from '../analysis/failure.js';
import type { Estimate } from '@ratchet/domain';

/** Standard deviation that severities usually have, and the weight in degrees of freedom that it gets beside those seen: equal severities in a few failures do not make certainty. */
const PRIOR_DEVIATION = 0.2;
const PRIOR_FREEDOM = 1;

/** A failure's severity as all its signals say, late ones as well: what came later can make it worse, never better. */
export const currentSeverityOf = ({ severity, signals }: Pick<Failure, 'severity' | 'signals'>): number => (signals.length === 0 ? severity : Math.max(severity, severityOf(signals)));

/**
 * Mean severity of the failures. Failures of one user are no independent observations, so the standard error is that of a ratio over users
 * (delta method), pooled with a prior deviation of 0.2 that weighs one degree of freedom; the range is Student's, within 0 and 1.
 */
export const estimateSeverity = (failures: readonly Pick<Failure, 'userId' | 'conversationId' | 'severity' | 'signals'>[]): { readonly estimate: Estimate; readonly quantile: Quantile } => {
  const byUser = [...Map.groupBy(failures, userOf).values()];
  const users = byUser.length;
  if (users === 0) return { estimate: { value: 0, low: 0, high: 1, n: 0, basis: 'no failures' }, quantile: (p) => p };
  const sums = byUser.map((own) => own.reduce((sum, failure) => sum + currentSeverityOf(failure), 0));
  const counts = byUser.map(({ length }) => length);
  const value = sums.reduce((a, b) => a + b, 0) / failures.length;
  const observedVariance = users < 2 ? 0 : ratioMetric(sums, counts).se ** 2 * users;
  const df = users - 1 + PRIOR_FREEDOM;
  const se = Math.sqrt(((users - 1) * observedVariance + PRIOR_FREEDOM * PRIOR_DEVIATION ** 2) / df / users);
  const quantile = meanQuantile({ mean: value, se, df, within: [0, 1] });
  return { estimate: { value, low: quantile(LOW), high: quantile(HIGH), n: failures.length, basis: `mean over ${failures.length} failures of ${users} users, by the strength of their signals` }, quantile };
};
