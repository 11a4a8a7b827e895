import { chiSquareUpperTail, logGamma } from './distributions.js';

/** How many units each arm got, and the share that each was meant to get. */
export interface SampleRatio {
  counts: readonly number[];
  /** Positive; only their ratios matter. */
  weights: readonly number[];
}

const shares = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Pearson's chi-square test of a sample ratio mismatch: sum (o - e)^2 / e with k - 1 degrees of freedom.
 * A fixed-sample test: for checks that repeat, use {@link sampleRatioBayesFactor}.
 */
export const sampleRatioChiSquare = ({ counts, weights }: SampleRatio): { chi2: number; p: number } => {
  const n = sumOf(counts);
  if (n === 0) return { chi2: 0, p: 1 };
  const chi2 = shares(weights).reduce((sum, share, arm) => sum + ((counts[arm] ?? 0) - share * n) ** 2 / (share * n), 0);
  return { chi2, p: chiSquareUpperTail({ x: chi2, df: counts.length - 1 }) };
};

/**
 * Always-valid test of a sample ratio mismatch: the Bayes factor of a Dirichlet(concentration * share) mixture against the
 * intended shares. ln B = lnG(A) - lnG(A + n) + sum(lnG(a_i + x_i) - lnG(a_i)) - sum x_i ln w_i; p = min(1, 1/B).
 *
 * Source: Lindon & Malek, Anytime-valid inference for multinomial count data (2022).
 */
export const sampleRatioBayesFactor = (
  { counts, weights }: SampleRatio,
  concentration = 100,
): { logBayesFactor: number; pAlwaysValid: number } => {
  const intended = shares(weights);
  const n = sumOf(counts);
  let logBayesFactor = logGamma(concentration) - logGamma(concentration + n);
  intended.forEach((share, arm) => {
    const [prior, count] = [concentration * share, counts[arm] ?? 0];
    logBayesFactor += logGamma(prior + count) - logGamma(prior) - count * Math.log(share);
  });
  return { logBayesFactor, pAlwaysValid: Math.min(1, Math.exp(-logBayesFactor)) };
};
