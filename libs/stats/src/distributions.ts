import regularizedGamma from '@stdlib/math-base-special-gammainc';
import logGammaOf from '@stdlib/math-base-special-gammaln';
import betaQuantileOf from '@stdlib/stats-base-dists-beta-quantile';
import binomialCdfOf from '@stdlib/stats-base-dists-binomial-cdf';
import normalCdfOf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantileOf from '@stdlib/stats-base-dists-normal-quantile';
import studentTCdfOf from '@stdlib/stats-base-dists-t-cdf';
import studentTQuantileOf from '@stdlib/stats-base-dists-t-quantile';

/** P(Z <= z) of the standard normal distribution. */
export const normalCdf = (z: number): number => normalCdfOf(z, 0, 1);

/** P(Z > z), accurate far out in the tail, where `1 - normalCdf(z)` has no digits left. */
export const normalUpperTail = (z: number): number => normalCdfOf(-z, 0, 1);

/** The z with P(Z <= z) = p. */
export const normalQuantile = (p: number): number => normalQuantileOf(p, 0, 1);

/** The z with P(Z > z) = p, accurate for a tiny p. */
export const normalUpperQuantile = (p: number): number => -normalQuantileOf(p, 0, 1);

/** P(T <= t) of Student's t distribution. */
export const studentTCdf = ({ t, df }: { t: number; df: number }): number => studentTCdfOf(t, df);

/** The t with P(T <= t) = p of Student's t distribution. */
export const studentTQuantile = ({ p, df }: { p: number; df: number }): number => studentTQuantileOf(p, df);

/** P(X > x) of the chi-square distribution: the upper regularised incomplete gamma function Q(df/2, x/2). */
export const chiSquareUpperTail = ({ x, df }: { x: number; df: number }): number =>
  x <= 0 ? 1 : regularizedGamma(x / 2, df / 2, true, true);

/** The x with P(X <= x) = p of the beta distribution. */
export const betaQuantile = ({ p, alpha, beta }: { p: number; alpha: number; beta: number }): number =>
  betaQuantileOf(p, alpha, beta);

/** P(X <= x) of the binomial distribution. */
export const binomialCdf = ({ x, n, p }: { x: number; n: number; p: number }): number => binomialCdfOf(x, n, p);

/** ln(Gamma(x)). */
export const logGamma = (x: number): number => logGammaOf(x);

/** e^x, at most the largest finite number, so that a result stays printable as JSON. */
export const boundedExp = (x: number): number => Math.min(Number.MAX_VALUE, Math.exp(x));

/** estimate / standardError; infinite where the error is zero and the estimate is not, zero where both are. */
export const standardise = ({ estimate, standardError }: { estimate: number; standardError: number }): number =>
  estimate === 0 ? 0 : estimate / standardError;
