import { boundedExp } from './distributions.js';

/**
 * Always-valid evidence that a failure rate is above q0: the likelihood ratio of q1 > q0,
 * E = (q1/q0)^f ((1 - q1)/(1 - q0))^(n - f). Exact for any n and however often it is looked at:
 * at rate q0 the chance that E ever reaches 1/alpha is at most alpha.
 *
 * Sources: Wald (1945), Ville's inequality (1939).
 */
export const bernoulliEProcess = (request: {
  failures: number;
  n: number;
  q0: number;
  q1: number;
}): { logE: number; e: number } => {
  const { failures, n, q0, q1 } = request;
  const logE = failures * Math.log(q1 / q0) + (n - failures) * (Math.log1p(-q1) - Math.log1p(-q0));
  return { logE, e: boundedExp(logE) };
};
