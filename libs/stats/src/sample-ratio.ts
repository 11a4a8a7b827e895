import { chiSquareUpperTail, stirlingCorrection } from './distributions.js';

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
 *
 * Source: Pearson, Philosophical Magazine 50 (1900) 157-175.
 */
export const sampleRatioChiSquare = ({ counts, weights }: SampleRatio): { chi2: number; p: number } => {
  const n = sumOf(counts);
  if (n === 0) return { chi2: 0, p: 1 };
  const chi2 = shares(weights).reduce((sum, share, arm) => sum + ((counts[arm] ?? 0) - share * n) ** 2 / (share * n), 0);
  return { chi2, p: chiSquareUpperTail({ x: chi2, df: counts.length - 1 }) };
};

/** (1 + d) ln(1 + d) - d, never negative: what a share that is off by the part d adds to the divergence. */
const divergenceTerm = (d: number): number => (d <= -1 ? 1 : Math.max(0, (1 + d) * Math.log1p(d) - d));

/**
 * Always-valid test of a sample ratio mismatch: the Bayes factor of a Dirichlet(concentration * share) mixture against the
 * intended shares. ln B = lnG(A) - lnG(A + n) + sum(lnG(a_i + x_i) - lnG(a_i)) - sum x_i ln w_i; p = min(1, 1/B).
 *
 * Of large counts the terms of this formula are millions of times their sum. With Stirling's lnG(z) = (z - 1/2) ln z - z + ln(2 pi)/2 + c(z), and
 * z_i = a_i + x_i, N = A + n, d_i = (x_i - n w_i) / (N w_i), what cancels is gone: ln B = sum N w_i ((1 + d_i) ln(1 + d_i) - d_i) -
 * sum ln(z_i / a_i) / 2 + ln(N / A) / 2 + sum(c(z_i) - c(a_i)) - c(N) + c(A).
 *
 * Source: Lindon & Malek, Anytime-valid inference for multinomial count data (2022).
 */
export const sampleRatioBayesFactor = (
  { counts, weights }: SampleRatio,
  concentration = 100,
): { logBayesFactor: number; pAlwaysValid: number } => {
  const n = sumOf(counts);
  const total = concentration + n;
  let logBayesFactor = Math.log1p(n / concentration) / 2 - stirlingCorrection(total) + stirlingCorrection(concentration);
  shares(weights).forEach((share, arm) => {
    const [prior, count] = [concentration * share, counts[arm] ?? 0];
    logBayesFactor += total * share * divergenceTerm((count - n * share) / (total * share));
    logBayesFactor += stirlingCorrection(prior + count) - stirlingCorrection(prior) - Math.log1p(count / prior) / 2;
  });
  return { logBayesFactor, pAlwaysValid: Math.min(1, Math.exp(-logBayesFactor)) };
};
