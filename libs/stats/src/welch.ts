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
  const [v1, v2] = [(sd1 * sd1) / n1, (sd2 * sd2) / n2];
  if (v1 + v2 === 0) {
    const t = standardise({ estimate: mean1 - mean2, standardError: 0 });
    return { t, df: n1 + n2 - 2, p: t === 0 ? 1 : 0 };
  }
  const t = (mean1 - mean2) / Math.sqrt(v1 + v2);
  const df = (v1 + v2) ** 2 / ((v1 * v1) / (n1 - 1) + (v2 * v2) / (n2 - 1));
  return { t, df, p: 2 * studentTCdf({ t: -Math.abs(t), df }) };
};
