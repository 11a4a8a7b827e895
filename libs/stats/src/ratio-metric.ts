import { mean } from './moments.js';

/** A ratio of sums over assignment units, and its standard error. */
export interface RatioMetric {
  ratio: number;
  se: number;
}

/** Sufficient statistics of a ratio metric over k units with numerators y and denominators n. */
export interface UnitSums {
  units: number;
  sumY: number;
  sumN: number;
  sumYY: number;
  sumYN: number;
  sumNN: number;
}

/**
 * A per-request rate when whole users or conversations were assigned: R = sum Y / sum N, by the delta method
 * var(R) = (s_Y^2 - 2 R s_YN + R^2 s_N^2) / (k mean(N)^2), with sample covariances (ddof 1) over the k units.
 *
 * Source: Deng, Knoblich, Lu, KDD 2018 (arXiv 1803.06336).
 */
export const ratioMetric = (numerators: readonly number[], denominators: readonly number[]): RatioMetric => {
  const ratio = mean(numerators) / mean(denominators);
  // The variance of the residuals y - R n, whose mean is 0: the three terms of the formula cancel where R hardly varies.
  const squares = numerators.reduce((sum, y, unit) => sum + (y - ratio * (denominators[unit] ?? NaN)) ** 2, 0);
  return { ratio, se: Math.sqrt(squares / (numerators.length - 1) / numerators.length) / mean(denominators) };
};

/** {@link ratioMetric} from running sums, for counts that arrive over time. Needs at least two units. */
export const ratioMetricFromSums = ({ units, sumY, sumN, sumYY, sumYN, sumNN }: UnitSums): RatioMetric => {
  const ratio = sumY / sumN;
  // The residuals y - R n have mean zero over the units, so the sum of their squares needs no correction.
  const residuals = sumYY - 2 * ratio * sumYN + ratio * ratio * sumNN;
  return { ratio, se: Math.sqrt((Math.max(0, residuals) / (units - 1)) * units) / sumN };
};

/** The standard error that treating requests as independent would claim: sqrt(R (1 - R) / sum N); NaN where R is no rate. */
export const independentRequestsError = ({ ratio, requests }: { ratio: number; requests: number }): number =>
  Math.sqrt((ratio * (1 - ratio)) / requests);
