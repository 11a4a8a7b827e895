import { asymptoticConfidenceSequence, ratioMetricFromSums, type UnitSums } from '@ratchet/stats';
import type { ArmTally } from './evidence.js';

type CostTally = Pick<ArmTally, 'costCount' | 'costSum' | 'costSquares' | 'unitRequests' | 'unitRequestsSquared'>;

/** The mean of an arm, estimated. */
export interface ArmMean {
  readonly mean: number;
  /** Of the estimate, not of single values. */
  readonly variance: number;
  /** How many independent values of equal weight it is worth. */
  readonly n: number;
}

/** Candidate and baseline of one stage. */
export interface MeanStratum {
  readonly stage: number;
  readonly candidate: ArmMean;
  readonly baseline: ArmMean;
}

const NOTHING: ArmMean = { mean: 0, variance: 0, n: 0 };

/**
 * Mean quality score of conversations that were scored with known chances: the ratio of weighted sums (Hajek 1971), its variance by
 * the delta method over conversations, whose scores may agree among themselves.
 *
 * Scores that all agree have no variance, and would prove anything. So it is taken for no smaller than it is where a loss of the
 * margin comes from a few scores at 0, m (1 - m) mean^2 a score: those few may not have been seen yet.
 */
export const qualityMean = (sums: UnitSums | undefined, margin: number): ArmMean => {
  if (!sums || sums.units < 2) return NOTHING;
  const { ratio, se } = ratioMetricFromSums(sums);
  const n = sums.sumN ** 2 / sums.sumNN;
  return { mean: ratio, variance: Math.max(se * se, (margin * (1 - margin) * ratio * ratio) / n), n };
};

/**
 * Mean cost of a request. Requests of a conversation cost alike, and nothing says which belong together: so they count as if they
 * cost the same, n = (sum N)^2 / sum N^2 over the conversations of N requests. That is on the safe side.
 */
export const costMean = ({ costCount, costSum, costSquares, unitRequests, unitRequestsSquared }: CostTally): ArmMean => {
  if (costCount === 0 || unitRequestsSquared === 0) return NOTHING;
  const mean = costSum / costCount;
  const n = Math.min(costCount, unitRequests ** 2 / unitRequestsSquared);
  return { mean, variance: Math.max(0, costSquares / costCount - mean * mean) / n, n };
};

export interface MeanContrast {
  /** Candidate minus `factor` times the baseline. */
  readonly contrast: number;
  readonly halfWidth: number;
}

/** A stage with fewer values in an arm adds more noise to the variance than knowledge to the mean. */
const STRATUM_MIN = 10;
/** Effective comparisons (600 values an arm) at which the bound is tightest: about what the proof of a small margin takes. */
const TIGHTEST_AT = 300;

const usable = (strata: readonly MeanStratum[]): readonly MeanStratum[] => strata.filter(({ candidate, baseline }) => candidate.n >= STRATUM_MIN && baseline.n >= STRATUM_MIN);

/** What both arms have in the stages that can be compared. */
export const comparableValues = (strata: readonly MeanStratum[]): { candidate: number; baseline: number } =>
  usable(strata).reduce((sum, { candidate, baseline }) => ({ candidate: sum.candidate + candidate.n, baseline: sum.baseline + baseline.n }), { candidate: 0, baseline: 0 });

/**
 * Means of any distribution over stages with different splits: contrasts with weights w = nc nb / (nc + nb), as in
 * {@link stratifiedNonInferiority}, and a one-sided asymptotic confidence sequence around their combination. Its sample size is the
 * sum of the weights, to which the information is proportional while the split stays.
 */
export const meanContrast = (strata: readonly MeanStratum[], { factor, alpha }: { readonly factor: number; readonly alpha: number }): MeanContrast | null => {
  let [weights, weighted, spread] = [0, 0, 0];
  for (const { candidate, baseline } of usable(strata)) {
    const weight = (candidate.n * baseline.n) / (candidate.n + baseline.n);
    weights += weight;
    weighted += weight * (candidate.mean - factor * baseline.mean);
    spread += weight * weight * (candidate.variance + factor * factor * baseline.variance);
  }
  if (weights === 0) return null;
  const contrast = weighted / weights;
  const { halfWidthOneSided } = asymptoticConfidenceSequence({ se: Math.sqrt(spread) / weights, n: weights, nstar: TIGHTEST_AT, alpha, estimate: contrast });
  return { contrast, halfWidth: halfWidthOneSided };
};
