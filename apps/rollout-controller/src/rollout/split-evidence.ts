import { sampleRatioBayesFactor } from '@ratchet/stats';

interface Split {
  /** Units that each arm got. */
  readonly counts: readonly number[];
  /** Shares that were meant; only their ratio matters. */
  readonly weights: readonly number[];
  /** Below so many units that an arm should have, nothing is said. */
  readonly minExpected: number;
  /** Of the prior around the shares that were meant. */
  readonly concentration?: number;
}

/** The greatest exponent whose power is finite, in round numbers. */
const LARGEST_LOG = 700;

/** Did the arms get what they were meant to get? `factor` is the Bayes factor against it (Dirichlet-multinomial mixture), valid however often it is looked at; null with too few units. */
export const splitEvidence = ({ counts, weights, minExpected, concentration }: Split): { readonly expected: readonly number[]; readonly factor: number | null } => {
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const expected = weights.map((weight) => (sum(counts) * weight) / sum(weights));
  if (expected.some((count) => count < minExpected)) return { expected, factor: null };
  return { expected, factor: Math.exp(Math.min(LARGEST_LOG, sampleRatioBayesFactor({ counts, weights }, concentration).logBayesFactor)) };
};
