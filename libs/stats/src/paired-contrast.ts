import { standardise, studentTCdf, studentTQuantile } from './distributions.js';

/** Scores of two models on the same items, in the same order; each in [0, 1]. */
export interface PairedScores {
  before: readonly number[];
  after: readonly number[];
}

/** mean(after) - factor * mean(before) with its standard error. */
export interface PairedContrast {
  n: number;
  estimate: number;
  se: number;
  df: number;
  /** p-value of "the contrast is not below zero": small means that it is below. */
  pBelow: number;
  /** p-value of "the contrast is not above zero": small means that it is above. */
  pAbove: number;
}

/**
 * The pseudo-count of Agresti & Min: half a gain and half a loss of a whole item, so that a variance is never zero.
 *
 * Source: Agresti & Min, Statistics in Medicine 24 (2005) 729-740.
 */
export const AGRESTI_MIN_DISCORDANCE = 1;

/**
 * Paired test of mean(after) against factor * mean(before). With e = after - factor * before per item,
 * se^2 = (sum e^2 + c) / (n + 2) / n, c the pseudo-count; Student's t with n - 1 degrees of freedom.
 *
 * The second moment about the null value, not about the mean, is used: like a score test, it keeps its level when
 * few items changed, all of them in one direction.
 */
export const pairedContrast = (
  { before, after }: PairedScores,
  { factor, discordance }: { factor: number; discordance: number },
): PairedContrast => {
  const n = before.length;
  let [sum, squares] = [0, discordance];
  for (let index = 0; index < n; index += 1) {
    const contrast = (after[index] ?? NaN) - factor * (before[index] ?? NaN);
    sum += contrast;
    squares += contrast * contrast;
  }
  const [estimate, df] = [sum / n, Math.max(1, n - 1)];
  const se = Math.sqrt(squares / (n + 2) / n);
  const t = standardise({ estimate, standardError: se });
  return { n, estimate, se, df, pBelow: studentTCdf({ t, df }), pAbove: studentTCdf({ t: -t, df }) };
};

/** A ratio of two means with a one-sided half-width, at confidence 1 - alpha on each side. */
export interface MeanRatio {
  ratio: number;
  se: number;
  halfWidth: number;
}

/**
 * mean(after) / mean(before) of paired values by the delta method: var = sum (after - R before)^2 / (n - 1) / (n mean(before)^2).
 * `discordance` is added to the sum of squares for scores in [0, 1], where equal residuals must not claim certainty (then n + 2
 * divides); leave it 0 for measurements such as cost. NaN where mean(before) is 0.
 *
 * Source: Cochran, Sampling Techniques, 6.4.
 */
export const pairedMeanRatio = (
  { before, after }: PairedScores,
  { alpha, discordance }: { alpha: number; discordance: number },
): MeanRatio => {
  const n = before.length;
  const total = before.reduce((sum, value) => sum + value, 0);
  const ratio = after.reduce((sum, value) => sum + value, 0) / total;
  const residuals = before.reduce((sum, value, index) => sum + ((after[index] ?? NaN) - ratio * value) ** 2, discordance);
  const divisor = discordance > 0 ? n + 2 : n - 1;
  const se = Math.sqrt((residuals / divisor) * n) / total;
  return { ratio, se, halfWidth: oneSidedQuantile({ alpha, df: Math.max(1, n - 1) }) * se };
};

/**
 * One-sided bounds of mean(after) / mean(before), each at confidence 1 - alpha: the ratios that {@link pairedContrast} does not tell
 * from the data when they are its factor. Unlike the delta method they hold where few items were right before. From 0 to Infinity
 * where mean(before) cannot be told from zero.
 *
 * Source: Fieller, JRSS B 16 (1954) 175-185, with the second moment about the null value.
 */
export const pairedRatioBounds = (
  { before, after }: PairedScores,
  { alpha, discordance }: { alpha: number; discordance: number },
): { lower: number; upper: number } => {
  const n = before.length;
  let [old, current, oldSquares, products, currentSquares] = [0, 0, 0, 0, discordance];
  for (let index = 0; index < n; index += 1) {
    const [b, a] = [before[index] ?? NaN, after[index] ?? NaN];
    old += b;
    current += a;
    oldSquares += b * b;
    products += a * b;
    currentSquares += a * a;
  }
  const weight = oneSidedQuantile({ alpha, df: Math.max(1, n - 1) }) ** 2 * (n / (n + 2));
  const [quadratic, half, constant] = [old * old - weight * oldSquares, old * current - weight * products, current * current - weight * currentSquares];
  if (quadratic <= 0) return { lower: 0, upper: Infinity };
  const root = Math.sqrt(Math.max(0, half * half - quadratic * constant));
  return { lower: Math.max(0, (half - root) / quadratic), upper: (half + root) / quadratic };
};

/** The t that Student's distribution exceeds with probability alpha. */
export const oneSidedQuantile = ({ alpha, df }: { alpha: number; df: number }): number =>
  studentTQuantile({ p: 1 - alpha, df });
