import { seededRandom } from '@ratchet/stats';
import { shippedStrategies, strategiesFor } from '../catalogue.js';
import { type CycleResult, rewardOf } from '../reward.js';
import type { Strategy } from '@ratchet/domain';
import type { FailureKind } from '../beliefs.js';
import type { Random } from '../random.js';

const DIMENSIONS = 32;
/** Kinds of failures of one product resemble one another: their centres have this cosine on average. */
const COMMON_SHARE = 0.3;
/** Two analyses of the same kind find centroids with a cosine of about 0.85. */
const CENTROID_NOISE = 0.42;
const DAY_MS = 86_400_000;

const BEST_PROMOTED = 0.85;
const OTHERS_PROMOTED_MIN = 0.15;
const OTHERS_PROMOTED_MAX = 0.6;
const REWARD_DRAWS = 5_000;

export interface WorldOptions {
  readonly kinds: number;
  readonly seed: number;
  /** Cycle from which on each kind has another best strategy; never without. */
  readonly changesAt?: number;
}

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const unit = (values: readonly number[]): number[] => {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};
const direction = (random: Random): number[] => unit(Array.from({ length: DIMENSIONS }, () => normal(random)));
const mix = (a: readonly number[], b: readonly number[], weight: number): number[] => unit(a.map((value, i) => Math.sqrt(1 - weight) * value + Math.sqrt(weight) * (b[i] ?? 0)));

const drawResult = (promoted: boolean, random: Random): CycleResult => {
  const costs = { cost: 4 * random(), trainingSeconds: 1_800 * random(), categories: 10 };
  if (promoted) return { outcome: 'promoted', targetGain: 0.05 + 0.4 * random(), harmed: 0, ...costs };
  return { outcome: random() < 0.3 ? 'rolled_back' : 'judged_failed', targetGain: 0.3 * random(), harmed: Math.floor(3 * random()), ...costs };
};

const meanReward = (promoted: boolean): number => {
  const random = seededRandom(17);
  return Array.from({ length: REWARD_DRAWS }, () => rewardOf(drawResult(promoted, random))).reduce((sum, value) => sum + value, 0) / REWARD_DRAWS;
};
/** What a promotion is worth more than none, on average: the mean reward is linear in the chance of one. */
const PROMOTION_WORTH = meanReward(true) - meanReward(false);

/** Kinds of failures as points, each with its own best strategy; what a cycle comes to is drawn. Times are days. */
export class World {
  readonly strategies: readonly Strategy[] = strategiesFor(shippedStrategies, 'training_examples');
  private readonly random: Random;
  private readonly centres: readonly (readonly number[])[];
  private readonly promoted: readonly ReadonlyMap<string, number>[];
  private readonly promotedLater: readonly ReadonlyMap<string, number>[];

  constructor(private readonly options: WorldOptions) {
    this.random = seededRandom(options.seed);
    const common = direction(this.random);
    this.centres = Array.from({ length: options.kinds }, () => mix(direction(this.random), common, COMMON_SHARE));
    this.promoted = this.probabilities();
    // The kinds change places: what was best for one is now best for the next.
    this.promotedLater = this.promoted.map((_, i) => this.promoted[(i + 1) % this.promoted.length] as ReadonlyMap<string, number>);
  }

  /** The failures that the cycle is about. */
  arrival(): { readonly kindIndex: number; readonly kind: FailureKind } {
    const kindIndex = Math.floor(this.random() * this.centres.length);
    const centroid = mix(this.centres[kindIndex] ?? [], direction(this.random), CENTROID_NOISE ** 2);
    return { kindIndex, kind: { fixType: 'training_examples', embedding: 'simulated', centroid } };
  }

  /** What a cycle with the strategy comes to. */
  reward(kindIndex: number, strategyId: string, cycle: number): number {
    return rewardOf(drawResult(this.random() < this.chance(kindIndex, strategyId, cycle), this.random));
  }

  /** What is lost on average by not taking the best. */
  regret(kindIndex: number, strategyId: string, cycle: number): number {
    return (BEST_PROMOTED - this.chance(kindIndex, strategyId, cycle)) * PROMOTION_WORTH;
  }

  isBest(kindIndex: number, strategyId: string, cycle: number): boolean {
    return this.chance(kindIndex, strategyId, cycle) === BEST_PROMOTED;
  }

  timeOf(cycle: number): number {
    return cycle * DAY_MS;
  }

  private probabilities(): ReadonlyMap<string, number>[] {
    const taken = new Set<number>();
    return this.centres.map(() => {
      let best = Math.floor(this.random() * this.strategies.length);
      while (taken.has(best)) best = (best + 1) % this.strategies.length;
      taken.add(best);
      return new Map(this.strategies.map(({ strategyId }, i) => [strategyId, i === best ? BEST_PROMOTED : OTHERS_PROMOTED_MIN + (OTHERS_PROMOTED_MAX - OTHERS_PROMOTED_MIN) * this.random()]));
    });
  }

  private chance(kindIndex: number, strategyId: string, cycle: number): number {
    const { changesAt = Infinity } = this.options;
    return (cycle < changesAt ? this.promoted : this.promotedLater)[kindIndex]?.get(strategyId) ?? 0;
  }
}
