import { boundedExp } from './distributions.js';
import { differenceOfRates } from './two-proportions.js';

/** A difference with its sampling variance, against theta0, with mixing variance tau2. */
export interface MixtureTestRequest {
  difference: number;
  variance: number;
  tau2: number;
  theta0: number;
}

/** The likelihood ratio so far; 1 / ratio is an always-valid p-value. */
export interface MixtureTest {
  likelihoodRatio: number;
  /** min(1, 1 / ratio) of this look; over several looks the p-value is the running minimum. */
  pAlwaysValid: number;
}

/**
 * Mixture sequential probability ratio test with a normal mixture:
 * L = sqrt(s2 / (s2 + tau2)) exp(tau2 (d - theta0)^2 / (2 s2 (s2 + tau2))); reject at level alpha as soon as L >= 1/alpha.
 *
 * Source: Johari, Koomen, Pekelis, Walsh, arXiv 1512.04922.
 */
export const mixtureSprt = ({ difference, variance, tau2, theta0 }: MixtureTestRequest): MixtureTest => {
  const total = variance + tau2;
  const logRatio = 0.5 * Math.log(variance / total) + ((tau2 / total) * ((difference - theta0) ** 2 / variance)) / 2;
  return { likelihoodRatio: boundedExp(logRatio), pAlwaysValid: Math.min(1, Math.exp(-logRatio)) };
};

/** Difference pc - pb of two observed rates and its sampling variance pc (1 - pc) / nc + pb (1 - pb) / nb. */
export const rateDifference = (counts: {
  xc: number;
  nc: number;
  xb: number;
  nb: number;
}): { difference: number; variance: number } => {
  const { xc, nc, xb, nb } = counts;
  const variance = ((xc / nc) * ((nc - xc) / nc)) / nc + ((xb / nb) * ((nb - xb) / nb)) / nb;
  return { difference: differenceOfRates({ x1: xc, n1: nc, x2: xb, n2: nb }), variance };
};
