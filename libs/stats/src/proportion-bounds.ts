import { betaQuantile, binomialCdf, normalUpperQuantile } from './distributions.js';
import type { Interval } from './two-proportions.js';

/** Successes among trials. */
export interface Proportion {
  successes: number;
  n: number;
}

/**
 * Wilson score interval with coverage 1 - alpha.
 *
 * Source: Wilson, JASA 22 (1927) 209-212.
 */
export const wilsonInterval = ({ successes, n }: Proportion, alpha: number): Interval => {
  const z = normalUpperQuantile(alpha / 2);
  const p = successes / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const halfWidth = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return {
    // Rounding must not push an end past the point where the formula is exactly 0 or 1.
    lower: successes === 0 ? 0 : centre - halfWidth,
    upper: successes === n ? 1 : centre + halfWidth,
  };
};

/**
 * One-sided exact lower bound of a proportion at confidence 1 - alpha: BetaInv(alpha; x, n - x + 1).
 *
 * Source: Clopper & Pearson, Biometrika 26 (1934) 404-413.
 */
export const clopperPearsonLower = ({ successes, n }: Proportion, alpha: number): number =>
  successes === 0 ? 0 : betaQuantile({ p: alpha, alpha: successes, beta: n - successes + 1 });

/** One-sided exact upper bound of a proportion at confidence 1 - alpha: BetaInv(1 - alpha; x + 1, n - x). */
export const clopperPearsonUpper = ({ successes, n }: Proportion, alpha: number): number =>
  1 - clopperPearsonLower({ successes: n - successes, n }, alpha);

/** Clopper-Pearson interval with coverage of at least 1 - alpha. */
export const clopperPearsonInterval = (proportion: Proportion, alpha: number): Interval => ({
  lower: clopperPearsonLower(proportion, alpha / 2),
  upper: clopperPearsonUpper(proportion, alpha / 2),
});

/**
 * The smallest number of trials whose one-sided Clopper-Pearson lower bound exceeds `threshold` although `failures` of
 * them failed; without failures it is the rule ceil(ln(1 - confidence) / ln(threshold)).
 *
 * The bound exceeds the threshold exactly if so few failures would have a probability below 1 - confidence at it.
 */
export const minimumTrialsForBound = (request: { threshold: number; confidence: number; failures: number }): number => {
  const { threshold, confidence, failures } = request;
  const isEnough = (n: number): boolean => binomialCdf({ x: failures, n, p: 1 - threshold }) < 1 - confidence;
  let enough = failures + 1;
  while (!isEnough(enough)) enough *= 2;
  let tooFew = Math.max(failures, Math.floor(enough / 2));
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
};
