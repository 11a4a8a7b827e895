import { contrastVariance, type RelativeMarginCounts, restrictedRates } from './noninferiority.js';

/** Counts, margin and the parameters fixed before the stage started. */
export interface StageEvidence extends RelativeMarginCounts {
  /** Scale of the differences that the mixture looks for: min(margin * reference rate, (1 - reference rate) / 2). */
  tau: number;
  /** One-sided error rate of each of the two verdicts, however often it is looked at. */
  alpha: number;
  /** No verdict below this many outcomes in either arm. */
  minN: number;
}

/** `ROLLBACK` and `PROMOTABLE` hold at any time with error rate alpha each; `HOLD` is everything between. */
export interface StageDecision {
  verdict: 'ROLLBACK' | 'HOLD' | 'PROMOTABLE';
  /** Bounds of pc - (1 - margin) pb; null below the minimum sample. */
  lower: number | null;
  upper: number | null;
}

/**
 * Half-width of a one-sided always-valid bound: h = sqrt(s2 (1 + 1/q) 2 ln(1 + sqrt(q + 1) / (2 alpha))), q = tau^2 / s2.
 *
 * Source: Waudby-Smith et al., arXiv 2103.06476v7, equation 134, with N rho^2 = tau^2 / s2.
 */
export const alwaysValidHalfWidth = (request: { variance: number; tau: number; alpha: number }): number => {
  const { variance, tau, alpha } = request;
  const q = (tau * tau) / variance;
  return Math.sqrt(variance * (1 + 1 / q) * 2 * Math.log(1 + Math.sqrt(q + 1) / (2 * alpha)));
};

/**
 * May a rollout stage go on, must it go back? Valid however often it is asked.
 * d = pc - (1 - m) pb, its variance at the restricted rates of the counts with 0.5 added to every success and failure;
 * `ROLLBACK` if d + h < 0, `PROMOTABLE` if d - h > 0.
 */
export const decideStage = (evidence: StageEvidence): StageDecision => {
  const { xc, nc, xb, nb, margin, tau, alpha, minN } = evidence;
  if (nc < minN || nb < minN) return { verdict: 'HOLD', lower: null, upper: null };
  const rates = restrictedRates({ xc: xc + 0.5, nc: nc + 1, xb: xb + 0.5, nb: nb + 1, margin });
  const variance = contrastVariance(rates, evidence);
  const difference = xc / nc - (1 - margin) * (xb / nb);
  const halfWidth = alwaysValidHalfWidth({ variance, tau, alpha });
  const [lower, upper] = [difference - halfWidth, difference + halfWidth];
  return { verdict: upper < 0 ? 'ROLLBACK' : lower > 0 ? 'PROMOTABLE' : 'HOLD', lower, upper };
};
