import { betaQuantile, normalQuantile, seededRandom, studentTQuantile } from '@ratchet/stats';

/** Nine times of ten the truth lies between these quantiles. */
export const LOW = 0.05;
export const HIGH = 0.95;

/** p in (0, 1) -> the value with that much probability below it. */
export type Quantile = (p: number) => number;

const GRID = 199;

/**
 * Of the mean of a Poisson count of which n were seen, by Byar's approximation (the cube root of a gamma variable is nearly normal):
 * m·(1 − 1/(9m) + z/(3√m))³, with m = n below the median and n + 1 above it.
 *
 * Source: Breslow & Day, Statistical Methods in Cancer Research II (1987), p. 69.
 */
export const poissonMeanQuantile = (seen: number): Quantile => (p) => {
  const z = normalQuantile(p);
  const m = seen + (p < 0.5 ? 0 : 1);
  return m === 0 ? 0 : m * Math.max(0, 1 - 1 / (9 * m) + z / (3 * Math.sqrt(m))) ** 3;
};

/** Of a mean with that standard error, by Student's t, kept within `within`. */
export const meanQuantile = ({ mean, se, df, within: [least, most] }: { readonly mean: number; readonly se: number; readonly df: number; readonly within: readonly [number, number] }): Quantile => (p) =>
  Math.min(most, Math.max(least, mean + se * studentTQuantile({ p, df })));

export const betaQuantileOf = ({ alpha, beta }: { readonly alpha: number; readonly beta: number }): Quantile => (p) => betaQuantile({ p, alpha, beta });

/** The same as a table of 199 values, for drawing often. */
const tabulate = (quantile: Quantile): readonly number[] => Array.from({ length: GRID }, (_, index) => quantile((index + 1) / (GRID + 1)));

/**
 * 5 % and 95 % quantile of `combine` over independent draws of its inputs, from a seeded generator: the same inputs give the same range on every machine.
 */
export const propagate = ({ inputs, combine, draws, seed }: {
  readonly inputs: readonly Quantile[];
  readonly combine: (values: readonly number[]) => number;
  readonly draws: number;
  readonly seed: number;
}): { readonly low: number; readonly high: number } => {
  const random = seededRandom(seed);
  const tables = inputs.map(tabulate);
  const drawn = Array.from({ length: draws }, () => combine(tables.map((table) => table[Math.floor(random() * GRID)] ?? 0))).sort((a, b) => a - b);
  const at = (p: number): number => drawn[Math.min(draws - 1, Math.floor(p * draws))] ?? 0;
  return { low: at(LOW), high: at(HIGH) };
};
