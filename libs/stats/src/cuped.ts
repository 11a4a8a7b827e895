import { covariance, variance } from './moments.js';

/** What adjusting for a covariate does to a metric's variance. */
export interface CupedAdjustment {
  theta: number;
  varianceBefore: number;
  varianceAfter: number;
  correlation: number;
}

/**
 * Variance reduction with a covariate measured before assignment: theta = cov(y, x) / var(x),
 * y' = y - theta (x - mean(x)), var(y') = var(y) (1 - corr^2). A constant covariate changes nothing.
 *
 * Source: Deng, Xu, Kohavi, Walker, WSDM 2013.
 */
export const cuped = (metric: readonly number[], covariate: readonly number[]): CupedAdjustment => {
  const [varY, varX, cov] = [variance(metric), variance(covariate), covariance(metric, covariate)];
  if (varX === 0 || varY === 0) return { theta: 0, varianceBefore: varY, varianceAfter: varY, correlation: 0 };
  const correlation = cov / Math.sqrt(varX * varY);
  return { theta: cov / varX, varianceBefore: varY, varianceAfter: Math.max(0, varY - (cov * cov) / varX), correlation };
};
