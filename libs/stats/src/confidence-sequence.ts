/** An estimate so far, and the sample size at which its bound shall be tightest. */
export interface ConfidenceSequenceRequest {
  /** Standard error of the estimate at sample size n. */
  se: number;
  n: number;
  /** The sample size that rho is tuned for. */
  nstar: number;
  alpha: number;
  estimate: number;
}

/** Half-widths and p-value that stay valid however often they are looked at. */
export interface ConfidenceSequence {
  rhoTwoSided: number;
  rhoOneSided: number;
  halfWidthTwoSided: number;
  halfWidthOneSided: number;
  pTwoSided: number;
}

const tunedRho = ({ level, nstar }: { level: number; nstar: number }): number => {
  const scale = -2 * Math.log(level);
  return Math.sqrt((scale + Math.log(scale + 1)) / nstar);
};

/**
 * Asymptotic confidence sequence around an estimate; needs counts that are large enough for a normal approximation.
 * rho = sqrt((-2 ln a + ln(-2 ln a + 1)) / N*), a = alpha (two-sided) or 2 alpha (one-sided, so alpha < 0.5);
 * half-width = se sqrt(N) sqrt(2 (N rho^2 + 1) / (N^2 rho^2) L), L = ln(sqrt(N rho^2 + 1) / alpha) two-sided and
 * ln(1 + sqrt(N rho^2 + 1) / (2 alpha)) one-sided; p = min(1, sqrt(q) exp(-rho^2 d^2 N / (2 se^2 q))), q = N rho^2 + 1.
 *
 * Source: Waudby-Smith et al., arXiv 2103.06476v7, equations 9, 134, 155 and 161.
 */
export const asymptoticConfidenceSequence = (request: ConfidenceSequenceRequest): ConfidenceSequence => {
  const { se, n, nstar, alpha, estimate } = request;
  const rhoTwoSided = tunedRho({ level: alpha, nstar });
  const rhoOneSided = tunedRho({ level: 2 * alpha, nstar });
  const halfWidth = (rho: number, logTerm: number): number =>
    se * Math.sqrt(n) * Math.sqrt(((2 * (n * rho * rho + 1)) / (n * rho) ** 2) * logTerm);
  const qTwoSided = n * rhoTwoSided * rhoTwoSided + 1;
  const qOneSided = n * rhoOneSided * rhoOneSided + 1;
  const exponent = -(rhoTwoSided * rhoTwoSided * (estimate / se) ** 2 * n) / (2 * qTwoSided);
  return {
    rhoTwoSided,
    rhoOneSided,
    halfWidthTwoSided: halfWidth(rhoTwoSided, Math.log(Math.sqrt(qTwoSided) / alpha)),
    halfWidthOneSided: halfWidth(rhoOneSided, Math.log1p(Math.sqrt(qOneSided) / (2 * alpha))),
    pTwoSided: Math.min(1, Math.sqrt(qTwoSided) * Math.exp(exponent)),
  };
};
