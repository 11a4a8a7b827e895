/** What became of a cycle, as far as it says anything about its fixes. */
export type DecidedOutcome = 'promoted' | 'judged_failed' | 'rolled_back' | 'rejected';

export interface CycleResult {
  readonly outcome: DecidedOutcome;
  /** Of the target gate: relative, or absolute where the old score was near zero; absent where it was not measured. */
  readonly targetGain?: number;
  /** Categories of the regression gate that were found harmed, and all of them. */
  readonly harmed: number;
  readonly categories: number;
  /** USD, of all calls to a teacher. */
  readonly cost: number;
  readonly trainingSeconds: number;
}

export interface RewardWeights {
  /** Shares of a promotion's reward; they are divided by their sum. */
  readonly promotion: number;
  readonly gain: number;
  readonly cost: number;
  readonly time: number;
  /** A target gain from which on more is worth nothing. */
  readonly fullGain: number;
  /** USD and seconds at which their shares are halved. */
  readonly halfCost: number;
  readonly halfSeconds: number;
  /** Most that a candidate gets which was turned down, but reached its target and harmed nothing. */
  readonly nearMiss: number;
}

export const DEFAULT_REWARD_WEIGHTS: RewardWeights = { promotion: 0.6, gain: 0.25, cost: 0.1, time: 0.05, fullGain: 0.2, halfCost: 10, halfSeconds: 3_600, nearMiss: 0.2 };

const share = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * How well a fix went, 0 to 1. With g = min(1, target gain / fullGain), h = harmed categories / all categories, c = halfCost / (halfCost + cost),
 * t = halfSeconds / (halfSeconds + seconds):
 *
 * - promoted: (promotion + gain·g + cost·c + time·t) / (promotion + gain + cost + time) · (1 − h/2)
 * - turned down by the gates: nearMiss · g · (1 − h); to save money on what does not work earns nothing
 * - rolled back by real traffic, or rejected by a person: 0
 */
export const rewardOf = ({ outcome, targetGain = 0, harmed, categories, cost, trainingSeconds }: CycleResult, weights: RewardWeights = DEFAULT_REWARD_WEIGHTS): number => {
  if (outcome === 'rolled_back' || outcome === 'rejected') return 0;
  const gain = share(targetGain / weights.fullGain);
  const harm = categories === 0 ? share(harmed) : share(harmed / categories);
  if (outcome === 'judged_failed') return weights.nearMiss * gain * (1 - harm);
  const cheapness = weights.halfCost / (weights.halfCost + cost);
  const quickness = weights.halfSeconds / (weights.halfSeconds + trainingSeconds);
  const earned = weights.promotion + weights.gain * gain + weights.cost * cheapness + weights.time * quickness;
  return share((earned / (weights.promotion + weights.gain + weights.cost + weights.time)) * (1 - harm / 2));
};
