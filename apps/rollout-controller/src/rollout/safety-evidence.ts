import { bernoulliEProcess } from '@ratchet/stats';
import type { RolloutPolicy } from './rollout-policy.js';

export interface UnsafeCounts {
  readonly unsafe: number;
  readonly requests: number;
}

/** Evidence that an arm gives unsafe answers, against an absolute bar and exact at any count (Bernoulli e-process). */
export const safetyEvidence = ({ unsafe, requests }: UnsafeCounts, { accepted, caught, alpha }: RolloutPolicy['safety']): { readonly e: number; readonly n: number; readonly threshold: number; readonly isHarm: boolean } => {
  // A signal may come before the counts that hold its request.
  const n = Math.max(unsafe, requests);
  const { e } = bernoulliEProcess({ failures: unsafe, n, q0: accepted, q1: caught });
  return { e, n, threshold: 1 / alpha, isHarm: e >= 1 / alpha };
};
