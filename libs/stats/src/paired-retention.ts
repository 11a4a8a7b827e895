import { studentTCdf, studentTQuantile } from './distributions.js';
import type { PairedScores } from './paired-contrast.js';

const TILT_STEPS = 60;
const BOUND_STEPS = 40;
/** A whole item lost is always possible, even if none was: of so little weight that it counts only then. */
const UNSEEN_LOSS = 1e-4;
/**
 * Half an item for the step from one loss to the next, less (z^2 - 1) / 6 for the skewness of rare losses, at z = 1.645.
 * With it the level stays at 5 %, from no change at all to a fifth of all answers changed (simulated).
 */
const CONTINUITY = 0.2;

/** The pairs with the same two scores: graded answers have few kinds of them, so that many items cost as little as few. */
interface PairKind {
  before: number;
  after: number;
  items: number;
}

interface WeightedContrast {
  contrast: number;
  items: number;
}

const kindsOf = ({ before, after }: PairedScores): PairKind[] => {
  const kinds = new Map<string, PairKind>();
  before.forEach((old, index) => {
    const current = after[index] ?? NaN;
    const key = `${old} ${current}`;
    const known = kinds.get(key);
    if (known) known.items += 1;
    else kinds.set(key, { before: old, after: current, items: 1 });
  });
  return [...kinds.values()];
};

/**
 * Sum of squares under the distribution that is nearest to the data, by empirical likelihood, of all those whose mean contrast is
 * zero: weights 1 / (1 + tilt * contrast). For scores of 0 and 1 it is the restricted maximum likelihood.
 */
const restrictedSquares = (contrasts: readonly WeightedContrast[]): number => {
  const all = contrasts.map(({ contrast }) => contrast);
  let [low, high] = [-1 / all.reduce((a, b) => Math.max(a, b)), -1 / all.reduce((a, b) => Math.min(a, b))];
  const sumAt = (tilt: number): number => contrasts.reduce((sum, { contrast, items }) => sum + (items * contrast) / (1 + tilt * contrast), 0);
  for (let step = 0; step < TILT_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (sumAt(middle) > 0) low = middle;
    else high = middle;
  }
  const tilt = (low + high) / 2;
  return contrasts.reduce((sum, { contrast, items }) => sum + (items * contrast * contrast) / (1 + tilt * contrast), 0);
};

const statisticOf = (kinds: readonly PairKind[], factor: number): number => {
  const contrasts = kinds.map(({ before, after, items }): WeightedContrast => ({ contrast: after - factor * before, items }));
  const sum = contrasts.reduce((total, { contrast, items }) => total + contrast * items, 0) - CONTINUITY * factor;
  // The test is of one side: below its null value nothing is proven, and how far below does not matter.
  if (!(sum > 0)) return -Infinity;
  return sum / Math.sqrt(restrictedSquares([...contrasts, { contrast: -factor, items: UNSEEN_LOSS }]));
};

const degreesOfFreedom = ({ before }: PairedScores): number => Math.max(1, before.length - 1);

/**
 * p-value of "at most `factor` of the mean score was kept": small means that more than that was kept, mean(after) > factor *
 * mean(before). A score test: the variance is that under the null hypothesis, so that a few losses that happened not to occur prove
 * nothing, with Student's t of n - 1 degrees of freedom. 1 where the sample itself kept no more.
 *
 * Sources: for scores of 0 and 1, Tang, Tang & Chan, Statistics in Medicine 22 (2003) 1217-1233; empirical likelihood, Owen,
 * Biometrika 75 (1988) 237-249.
 */
export const retentionPValue = (scores: PairedScores, { factor }: { factor: number }): number =>
  1 - studentTCdf({ t: statisticOf(kindsOf(scores), factor), df: degreesOfFreedom(scores) });

/** The largest factor that {@link retentionPValue} proves at `alpha`: a one-sided lower bound of mean(after) / mean(before); 0 where it proves none. */
export const retentionLowerBound = (scores: PairedScores, { alpha }: { alpha: number }): number => {
  const kinds = kindsOf(scores);
  const needed = studentTQuantile({ p: 1 - alpha, df: degreesOfFreedom(scores) });
  const total = (side: 'before' | 'after'): number => kinds.reduce((sum, kind) => sum + kind[side] * kind.items, 0);
  if (total('before') === 0 || total('after') === 0) return 0;
  let [low, high] = [0, total('after') / total('before')];
  for (let step = 0; step < BOUND_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (statisticOf(kinds, middle) > needed) low = middle;
    else high = middle;
  }
  return low;
};
