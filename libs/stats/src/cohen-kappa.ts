import { normalQuantile } from './distributions.js';

/** How often two raters of the same items said what: yes or no. */
export interface TwoRaters {
  readonly bothYes: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothNo: number;
}

export interface Agreement {
  readonly n: number;
  /** Share of items on which both said the same. */
  readonly observed: number;
  /** The share that chance alone would give, with each rater's own share of yes. */
  readonly expected: number;
  /** (observed - expected) / (1 - expected): 1 is agreement on everything, 0 what chance gives. */
  readonly kappa: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Cohen's kappa of two raters, with its large-sample interval at `confidence` (0.95 unless given), cut to -1..1. Undefined where
 * nothing can be said: no items, or both raters said one and the same of all of them.
 *
 * Sources: Cohen 1960; the standard error is that of Fleiss, Cohen and Everitt 1969.
 */
export const cohenKappa = ({ bothYes, onlyFirst, onlySecond, bothNo }: TwoRaters, confidence = 0.95): Agreement | undefined => {
  const n = bothYes + onlyFirst + onlySecond + bothNo;
  if (n === 0) return undefined;
  const [firstYes, secondYes] = [(bothYes + onlyFirst) / n, (bothYes + onlySecond) / n];
  const [firstNo, secondNo] = [1 - firstYes, 1 - secondYes];
  const expected = firstYes * secondYes + firstNo * secondNo;
  if (expected >= 1) return undefined;
  const observed = (bothYes + bothNo) / n;
  const kappa = (observed - expected) / (1 - expected);
  const agreed = (bothYes / n) * (1 - (firstYes + secondYes) * (1 - kappa)) ** 2 + (bothNo / n) * (1 - (firstNo + secondNo) * (1 - kappa)) ** 2;
  const differed = (1 - kappa) ** 2 * ((onlyFirst / n) * (secondYes + firstNo) ** 2 + (onlySecond / n) * (secondNo + firstYes) ** 2);
  const variance = Math.max(0, agreed + differed - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2);
  const standardError = Math.sqrt(variance);
  const halfWidth = normalQuantile((1 + confidence) / 2) * standardError;
  return { n, observed, expected, kappa, standardError, lower: Math.max(-1, kappa - halfWidth), upper: Math.min(1, kappa + halfWidth) };
};
