import { binomialCdf, chiSquareUpperTail } from './distributions.js';

/** The items on which two models, judged on the same set, disagree. */
export interface Discordance {
  oldRightNewWrong: number;
  oldWrongNewRight: number;
}

/**
 * McNemar's test of two models on one test set: exact (two-sided binomial of b + c trials at 1/2) and chi-square with
 * Edwards' continuity correction, (|b - c| - 1)^2 / (b + c). Without discordant items there is no evidence: p = 1.
 *
 * Sources: McNemar, Psychometrika 12 (1947) 153-157; Edwards, Psychometrika 13 (1948) 185-187.
 */
export const mcNemarTest = ({
  oldRightNewWrong: b,
  oldWrongNewRight: c,
}: Discordance): { pExact: number; chi2Corrected: number; pCorrected: number } => {
  const n = b + c;
  if (n === 0) return { pExact: 1, chi2Corrected: 0, pCorrected: 1 };
  const chi2Corrected = (Math.abs(b - c) - 1) ** 2 / n;
  return {
    pExact: Math.min(1, 2 * binomialCdf({ x: Math.min(b, c), n, p: 0.5 })),
    chi2Corrected,
    pCorrected: chiSquareUpperTail({ x: chi2Corrected, df: 1 }),
  };
};
