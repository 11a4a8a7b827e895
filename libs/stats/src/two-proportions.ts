import { normalCdf, normalUpperQuantile, normalUpperTail, standardise } from './distributions.js';
import { wilsonInterval } from './proportion-bounds.js';

/** Successes among trials in two independent groups. */
export interface TwoProportions {
  x1: number;
  n1: number;
  x2: number;
  n2: number;
}

/** What the alternative hypothesis says of the first group: it differs, it is larger, or it is smaller. */
export type Alternative = 'two-sided' | 'larger' | 'smaller';

/** A closed interval. */
export interface Interval {
  lower: number;
  upper: number;
}

// Failures are counted, not taken as 1 - p: of a rate near 1 that difference has few digits left.
const binomialVariance = (x: number, n: number): number => ((x / n) * ((n - x) / n)) / n;

/** p1 - p2, by the rarer of successes and failures. */
export const differenceOfRates = ({ x1, n1, x2, n2 }: TwoProportions): number =>
  x1 / n1 + x2 / n2 > 1 ? (n2 - x2) / n2 - (n1 - x1) / n1 : x1 / n1 - x2 / n2;

/** The p-value of a standard normal statistic. */
export const normalPValue = ({ z, alternative }: { z: number; alternative: Alternative }): number => {
  if (alternative === 'larger') return normalUpperTail(z);
  if (alternative === 'smaller') return normalCdf(z);
  return 2 * normalUpperTail(Math.abs(z));
};

/**
 * Pooled z test of p1 = p2: z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), p = (x1 + x2) / (n1 + n2).
 * Where all outcomes of both groups agree there is no evidence of a difference: z = 0.
 *
 * Source: Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions, 3.3 (without continuity correction).
 */
export const pooledZTest = (
  counts: TwoProportions,
  alternative: Alternative = 'two-sided',
): { z: number; p: number } => {
  const { x1, n1, x2, n2 } = counts;
  const n = n1 + n2;
  const standardError = Math.sqrt(((x1 + x2) / n) * ((n1 - x1 + (n2 - x2)) / n) * (1 / n1 + 1 / n2));
  const z = standardise({ estimate: differenceOfRates(counts), standardError });
  return { z, p: normalPValue({ z, alternative }) };
};

/**
 * Unpooled (Wald) z test of p1 = p2, two-sided: z = (p1 - p2) / sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2).
 *
 * Source: Agresti, Categorical Data Analysis, 3.1.
 */
export const unpooledZTest = (counts: TwoProportions): { z: number; p: number } => {
  const { x1, n1, x2, n2 } = counts;
  const standardError = Math.sqrt(binomialVariance(x1, n1) + binomialVariance(x2, n2));
  const z = standardise({ estimate: differenceOfRates(counts), standardError });
  return { z, p: normalPValue({ z, alternative: 'two-sided' }) };
};

/**
 * Wald interval of p1 - p2 with coverage 1 - alpha: p1 - p2 ± z_{1-a/2} sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2).
 *
 * Source: Agresti, Categorical Data Analysis, 3.1.
 */
export const waldInterval = ({ x1, n1, x2, n2 }: TwoProportions, alpha: number): Interval => {
  const difference = x1 / n1 - x2 / n2;
  const halfWidth = normalUpperQuantile(alpha / 2) * Math.sqrt(binomialVariance(x1, n1) + binomialVariance(x2, n2));
  return { lower: difference - halfWidth, upper: difference + halfWidth };
};

/**
 * Agresti-Caffo interval of p1 - p2: Wald after one success and one failure were added to each group.
 *
 * Source: Agresti & Caffo, The American Statistician 54 (2000) 280-288.
 */
export const agrestiCaffoInterval = ({ x1, n1, x2, n2 }: TwoProportions, alpha: number): Interval =>
  waldInterval({ x1: x1 + 1, n1: n1 + 2, x2: x2 + 1, n2: n2 + 2 }, alpha);

/**
 * Newcombe's hybrid score interval of p1 - p2, from the Wilson interval of each group.
 *
 * Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
 */
export const newcombeInterval = ({ x1, n1, x2, n2 }: TwoProportions, alpha: number): Interval => {
  const [p1, p2] = [x1 / n1, x2 / n2];
  const first = wilsonInterval({ successes: x1, n: n1 }, alpha);
  const second = wilsonInterval({ successes: x2, n: n2 }, alpha);
  return {
    lower: p1 - p2 - Math.hypot(p1 - first.lower, second.upper - p2),
    upper: p1 - p2 + Math.hypot(first.upper - p1, p2 - second.lower),
  };
};
