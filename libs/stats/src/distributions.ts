import { createRequire } from 'node:module';

import type inverseErfc from '@stdlib/math-base-special-erfcinv';
import type regularizedGamma from '@stdlib/math-base-special-gammainc';
import type logGammaOf from '@stdlib/math-base-special-gammaln';
import type betaQuantileOf from '@stdlib/stats-base-dists-beta-quantile';
import type binomialCdfOf from '@stdlib/stats-base-dists-binomial-cdf';
import type normalCdfOf from '@stdlib/stats-base-dists-normal-cdf';
import type studentTCdfOf from '@stdlib/stats-base-dists-t-cdf';
import type studentTQuantileOf from '@stdlib/stats-base-dists-t-quantile';

const require = createRequire(import.meta.url);

/**
 * Loads a package at its first use. Together these packages have 230 CommonJS files and take over 100 ms to load, which a
 * command that is called from scripts should not pay for functions that it does not call.
 */
const lazily = <Loaded>(name: string): (() => Loaded) => {
  let loaded: Loaded | undefined;
  return () => (loaded ??= require(name) as Loaded);
};

const gammaIncomplete = lazily<typeof regularizedGamma>('@stdlib/math-base-special-gammainc');
const gammaLogarithm = lazily<typeof logGammaOf>('@stdlib/math-base-special-gammaln');
const betaInverse = lazily<typeof betaQuantileOf>('@stdlib/stats-base-dists-beta-quantile');
const binomial = lazily<typeof binomialCdfOf>('@stdlib/stats-base-dists-binomial-cdf');
const normal = lazily<typeof normalCdfOf>('@stdlib/stats-base-dists-normal-cdf');
const erfcInverse = lazily<typeof inverseErfc>('@stdlib/math-base-special-erfcinv');
const studentT = lazily<typeof studentTCdfOf>('@stdlib/stats-base-dists-t-cdf');
const studentTInverse = lazily<typeof studentTQuantileOf>('@stdlib/stats-base-dists-t-quantile');

/** P(Z <= z) of the standard normal distribution. */
export const normalCdf = (z: number): number => normal()(z, 0, 1);

/** P(Z > z), accurate far out in the tail, where `1 - normalCdf(z)` has no digits left. */
export const normalUpperTail = (z: number): number => normal()(-z, 0, 1);

/** The z with P(Z > z) = p, accurate for a tiny p: the inverse of erfc, since that of erf sees 1 - 2p, which has lost it. */
export const normalUpperQuantile = (p: number): number => Math.SQRT2 * erfcInverse()(2 * p);

/** The z with P(Z <= z) = p. */
export const normalQuantile = (p: number): number => -normalUpperQuantile(p);

/** P(T <= t) of Student's t distribution. */
export const studentTCdf = ({ t, df }: { t: number; df: number }): number => studentT()(t, df);

/** The t with P(T <= t) = p of Student's t distribution. */
export const studentTQuantile = ({ p, df }: { p: number; df: number }): number => studentTInverse()(p, df);

/** P(X > x) of the chi-square distribution: the upper regularised incomplete gamma function Q(df/2, x/2). */
export const chiSquareUpperTail = ({ x, df }: { x: number; df: number }): number =>
  x <= 0 ? 1 : gammaIncomplete()(x / 2, df / 2, true, true);

/** The x with P(X <= x) = p of the beta distribution. */
export const betaQuantile = ({ p, alpha, beta }: { p: number; alpha: number; beta: number }): number =>
  betaInverse()(p, alpha, beta);

/** P(X <= x) of the binomial distribution. */
export const binomialCdf = ({ x, n, p }: { x: number; n: number; p: number }): number => binomial()(x, n, p);

/** ln(Gamma(x)). */
export const logGamma = (x: number): number => gammaLogarithm()(x);

const STIRLING_FROM = 12;
const STIRLING_SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** ln(Gamma(z)) without Stirling's (z - 1/2) ln z - z + ln(2 pi) / 2, for z > 0: small, and accurate where ln(Gamma(z)) is large. */
export const stirlingCorrection = (z: number): number => {
  if (z < STIRLING_FROM) return logGamma(z) - ((z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2);
  return STIRLING_SERIES.reduceRight((sum, term) => sum / (z * z) + term, 0) / z;
};

/** e^x, at most the largest finite number, so that a result stays printable as JSON. */
export const boundedExp = (x: number): number => Math.min(Number.MAX_VALUE, Math.exp(x));

/** estimate / standardError; infinite where the error is zero and the estimate is not, zero where both are. */
export const standardise = ({ estimate, standardError }: { estimate: number; standardError: number }): number =>
  estimate === 0 ? 0 : estimate / standardError;
