import { boundedExp } from './distributions.js';

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
  const logRatio = 0.5 * Math.log(variance / total) + (tau2 * (difference - theta0) ** 2) / (2 * variance * total);
  return { likelihoodRatio: boundedExp(logRatio), pAlwaysValid: Math.min(1, Math.exp(-logRatio)) };
};

/** Difference pc - pb of two observed rates and its sampling variance pc (1 - pc) / nc + pb (1 - pb) / nb. */
export const rateDifference = (counts: {
  xc: number;
  nc: number;
  xb: number;
  nb: number;
}): { difference: number; variance: number } => {
  const [pc, pb] = [counts.xc / counts.nc, counts.xb / counts.nb];
  return { difference: pc - pb, variance: (pc * (1 - pc)) / counts.nc + (pb * (1 - pb)) / counts.nb };
};
