import { HIGH, LOW, poissonMeanQuantile, type Quantile } from './quantiles.js';
import { userOf, type Failure } from '../analysis/failure.js';
import type { Estimate } from '@ratchet/domain';

/** What was left out of the analysis: `share` of the failures that there were in the window were read; 1 where all were. */
export interface Coverage {
  readonly share: number;
  /** Why not all, for people. */
  readonly reason?: string;
}

export const FULL_COVERAGE: Coverage = { share: 1 };

/** How far beyond the failures that were read the estimate may go: the first term of the series says little farther out. */
const EXTRAPOLATION_MAX = 3;

/**
 * People whose requests failed: those seen, and where only a share of the failures was read also those to expect among the rest, by the first
 * term of Good and Toulmin's series: seen + (1/share − 1) · users seen exactly once (a further failure is a new user's as often as users seen once are among the failures).
 * Range: the seen count as a Poisson mean, scaled alike; where failures were left out its low end is what was seen in any case.
 */
export const estimateAffectedUsers = (failures: readonly Pick<Failure, 'userId' | 'conversationId'>[], { share, reason }: Coverage): { readonly estimate: Estimate; readonly quantile: Quantile } => {
  const failuresOf = new Map<string, number>();
  for (const failure of failures) failuresOf.set(userOf(failure), (failuresOf.get(userOf(failure)) ?? 0) + 1);
  const seen = failuresOf.size;
  const once = [...failuresOf.values()].filter((count) => count === 1).length;
  const factor = Math.min(EXTRAPOLATION_MAX, 1 / Math.max(share, 1e-9));
  const value = Math.round(seen + (factor - 1) * once);
  const scale = seen === 0 ? 1 : value / seen;
  const ofSeen = poissonMeanQuantile(seen);
  const quantile: Quantile = (p) => ofSeen(p) * scale;
  const left = reason === undefined ? '' : `; ${reason}, and ${value - seen} more users are expected among the rest`;
  const low = share < 1 ? Math.min(seen, quantile(LOW)) : quantile(LOW);
  return { estimate: { value, low, high: quantile(HIGH), n: failures.length, basis: `${seen} different users in ${failures.length} failures${left}` }, quantile };
};
