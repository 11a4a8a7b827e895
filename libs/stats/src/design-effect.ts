import { independentRequestsError, ratioMetricFromSums, type UnitSums } from './ratio-metric.js';

/**
 * How many times larger the variance of a rate y / n is than that of n independent outcomes, where outcomes come in units (users with
 * several conversations): the delta method's variance ({@link ratioMetricFromSums}) over R (1 - R) / sum N. At least 1: outcomes that
 * differ more inside units than between them are no reason to claim more than was seen.
 *
 * One unit alone, or outcomes that all agree, say nothing of how alike a unit's outcomes are: then it is the largest that the sizes
 * allow, sum N^2 / sum N, as if a unit's outcomes were always the same. 1 where nothing was counted.
 *
 * Source: Rao & Scott, A simple method for the analysis of clustered binary data, Biometrics 48 (1992) 577-585.
 */
export const designEffect = (sums: UnitSums): number => {
  const { units, sumY, sumN, sumNN } = sums;
  if (units === 0 || sumN === 0) return 1;
  if (units < 2 || sumY <= 0 || sumY >= sumN) return Math.max(1, sumNN / sumN);
  const { ratio, se } = ratioMetricFromSums(sums);
  return Math.max(1, (se / independentRequestsError({ ratio, requests: sumN })) ** 2);
};

/** Sums of nothing. */
export const noUnits: UnitSums = { units: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 };

/** The same, with outcomes added that each make a unit of their own: y of n. */
export const withSingleUnits = (sums: UnitSums, { y, n }: { y: number; n: number }): UnitSums => addUnits(sums, { units: n, sumY: y, sumN: n, sumYY: y, sumYN: y, sumNN: n });

export const addUnits = (a: UnitSums, b: UnitSums): UnitSums => ({
  units: a.units + b.units,
  sumY: a.sumY + b.sumY,
  sumN: a.sumN + b.sumN,
  sumYY: a.sumYY + b.sumYY,
  sumYN: a.sumYN + b.sumYN,
  sumNN: a.sumNN + b.sumNN,
});
