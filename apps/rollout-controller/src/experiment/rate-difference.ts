import type { ArmCounts, CovariateSums, Units } from './experiment-counts.js';

/** Treatment minus control in success rate, and the variance of that. */
export interface RateDifference {
  readonly difference: number;
  readonly variance: number;
}

/** One failure and one success more in each arm, so that an arm in which all agree has no variance of zero (Agresti and Caffo 2000). */
const added = ({ units, failed }: Units): { readonly rate: number; readonly n: number } => ({ rate: (units - failed + 1) / (units + 2), n: units + 2 });

export const rateDifferenceOf = ({ control, treatment }: { readonly control: Units; readonly treatment: Units }): RateDifference => {
  const [c, t] = [added(control), added(treatment)];
  const variance = (c.rate * (1 - c.rate)) / c.n + (t.rate * (1 - t.rate)) / t.n;
  return { difference: control.failed / Math.max(1, control.units) - treatment.failed / Math.max(1, treatment.units), variance };
};

const COVERED_MIN = 0.95;

/** Whether nearly all units of an arm have the covariate: it explains nothing of units that do not. */
export const isCovered = ({ units, covariate }: ArmCounts): boolean => units > 0 && covariate.count >= COVERED_MIN * units;

const ROUNDING = 1e-9;
/** No number known beforehand leaves less than this of the variance of an outcome that is yes or no; the bound keeps it from being zero. */
const LEAST_LEFT = 0.01;

interface Moments {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly sxx: number;
  readonly sxy: number;
  readonly syy: number;
}

const momentsOf = ({ count: n, sumX, sumXX, sumY, sumXY }: CovariateSums): Moments => ({
  n,
  meanX: sumX / n,
  meanY: sumY / n,
  sxx: sumXX - (sumX * sumX) / n,
  sxy: sumXY - (sumX * sumY) / n,
  // y is 0 or 1, so the sum of its squares is its sum; one of each more, as above.
  syy: sumY + 1 - (sumY + 1) ** 2 / (n + 2),
});

/**
 * The difference without the part that a covariate explains (CUPED): y' = y - theta (x - mean x), theta = cov(x, y) / var(x) within the arms, pooled.
 * Undefined unless nearly all units of both arms have the covariate, or where it is the same for all.
 *
 * Source: Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments", WSDM 2013.
 */
export const adjustedDifferenceOf = ({ control, treatment }: { readonly control: ArmCounts; readonly treatment: ArmCounts }): (RateDifference & { readonly varianceRatio: number }) | undefined => {
  if (!isCovered(control) || !isCovered(treatment)) return undefined;
  const arms = [momentsOf(treatment.covariate), momentsOf(control.covariate)] as const;
  const sxx = arms[0].sxx + arms[1].sxx;
  // What is left of a constant after subtraction is rounding.
  if (!(sxx > ROUNDING * (control.covariate.sumXX + treatment.covariate.sumXX))) return undefined;
  const theta = (arms[0].sxy + arms[1].sxy) / sxx;
  const residual = (arm: Moments): number => Math.max(0, arm.syy - 2 * theta * arm.sxy + theta * theta * arm.sxx) / (Math.max(1, arm.n - 1) * arm.n);
  const unadjusted = arms.reduce((sum, arm) => sum + arm.syy / (Math.max(1, arm.n - 1) * arm.n), 0);
  const variance = Math.max(LEAST_LEFT * unadjusted, arms.reduce((sum, arm) => sum + residual(arm), 0));
  const [t, c] = arms;
  // Failures: fewer of them are better.
  return { difference: c.meanY - t.meanY - theta * (c.meanX - t.meanX), variance, varianceRatio: variance / unadjusted };
};
