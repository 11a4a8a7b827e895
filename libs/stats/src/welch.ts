import { standardise, studentTCdf } from './distributions.js';

/** Mean, standard deviation (ddof 1) and size of two independent groups. */
export interface TwoSamples {
  mean1: number;
  sd1: number;
  n1: number;
  mean2: number;
  sd2: number;
  n2: number;
}

/**
 * Welch's t test from summary statistics, two-sided, with Welch-Satterthwaite degrees of freedom.
 * Where neither group varies, equal means give p = 1 and different means p = 0.
 *
 * Source: Welch, Biometrika 34 (1947) 28-35.
 */
export const welchTTest = ({ mean1, sd1, n1, mean2, sd2, n2 }: TwoSamples): { t: number; df: number; p: number } => {
  const [e1, e2] = [sd1 / Math.sqrt(n1), sd2 / Math.sqrt(n2)];
  const standardError = Math.hypot(e1, e2);
  if (standardError === 0) {
    const t = standardise({ estimate: mean1 - mean2, standardError: 0 });
    return { t, df: n1 + n2 - 2, p: t === 0 ? 1 : 0 };
  }
  const t = (mean1 - mean2) / standardError;
  // By each group's part of the variance: fourth powers of a small or large unit are 0 or infinite.
  const [part1, part2] = [(e1 / standardError) ** 2, (e2 / standardError) ** 2];
  const df = 1 / (part1 ** 2 / (n1 - 1) + part2 ** 2 / (n2 - 1));
  return { t, df, p: 2 * studentTCdf({ t: -Math.abs(t), df }) };
};
