import { normalCdf, normalQuantile, normalUpperQuantile, normalUpperTail } from './distributions.js';

/** Two rates to tell apart, with the wanted two-sided error rate and power. */
export interface DifferencePlan {
  baselineRate: number;
  candidateRate: number;
  /** Baseline units per candidate unit. */
  allocationRatio: number;
  alpha: number;
  power: number;
}

/** A relative margin to prove at equal rates, with one-sided error rate and power. */
export interface NonInferiorityPlan {
  rate: number;
  relativeMargin: number;
  allocationRatio: number;
  alphaOneSided: number;
  power: number;
}

const BISECTIONS = 200;

/**
 * Candidate units for a two-sided z test with unpooled variance:
 * n = (z_{1-a/2} + z_power)^2 (pb (1 - pb) / ratio + pc (1 - pc)) / (pb - pc)^2. Not rounded up.
 *
 * Source: Chow, Shao & Wang, Sample Size Calculations in Clinical Research, 4.2.
 */
export const sampleSizeUnpooled = (plan: DifferencePlan): number => {
  const { baselineRate: pb, candidateRate: pc, allocationRatio, alpha, power } = plan;
  const z = normalUpperQuantile(alpha / 2) + normalQuantile(power);
  return (z * z * ((pb * (1 - pb)) / allocationRatio + pc * (1 - pc))) / (pb - pc) ** 2;
};

/**
 * Candidate units for a two-sided z test of the arcsine-transformed rates (Cohen's h = 2 asin(sqrt(pc)) - 2 asin(sqrt(pb))),
 * both tails counted in the power. Not rounded up.
 *
 * Source: Cohen, Statistical Power Analysis for the Behavioral Sciences, chapter 6.
 */
export const sampleSizeCohenH = (plan: DifferencePlan): number => {
  const { baselineRate, candidateRate, allocationRatio, alpha, power } = plan;
  const h = Math.abs(2 * Math.asin(Math.sqrt(candidateRate)) - 2 * Math.asin(Math.sqrt(baselineRate)));
  const critical = normalUpperQuantile(alpha / 2);
  const powerAt = (n: number): number => {
    const shift = h / Math.sqrt((1 + 1 / allocationRatio) / n);
    return normalUpperTail(critical - shift) + normalCdf(-critical - shift);
  };
  let high = 1;
  while (powerAt(high) < power) high *= 2;
  let low = 0;
  for (let round = 0; round < BISECTIONS && low < high; round += 1) {
    const middle = (low + high) / 2;
    if (powerAt(middle) < power) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/**
 * Candidate units that prove pc >= (1 - m) pb when the rates are equal:
 * n = (z_{1-a} + z_power)^2 (p (1 - p) + k^2 p (1 - p) / ratio) / (m p)^2, k = 1 - m. Not rounded up.
 *
 * Source: the power of the Wald form of `relativeNonInferiority`'s test (Farrington & Manning, 1990).
 */
export const sampleSizeNonInferiority = (plan: NonInferiorityPlan): number => {
  const { rate, relativeMargin, allocationRatio, alphaOneSided, power } = plan;
  const z = normalUpperQuantile(alphaOneSided) + normalQuantile(power);
  const k = 1 - relativeMargin;
  const variance = rate * (1 - rate) * (1 + (k * k) / allocationRatio);
  return (z * z * variance) / (relativeMargin * rate) ** 2;
};
