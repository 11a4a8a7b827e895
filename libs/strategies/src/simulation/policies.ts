import { beliefsOf, type FailureKind, type FixOutcome } from '../beliefs.js';
import { chooseStrategy } from '../choose-strategy.js';
import { DEFAULT_LEARNING, type LearningOptions } from '../options.js';
import { seededRandom } from '@ratchet/stats';
import type { Strategy } from '@ratchet/domain';
import type { FixSupply } from '../applicability.js';

/** One way to choose. `nowMs` only grows. */
export interface Policy {
  readonly name: string;
  choose(kind: FailureKind, nowMs: number): string;
  learn(outcome: FixOutcome): void;
}

const everything: FixSupply = { hasTeacher: true, corrected: 100, agreeingUsers: 10, agreeingUsersMin: 3 };

/** The chooser as it ships, without new strategies: a simulated world knows nothing of those. */
export const thompson = (strategies: readonly Strategy[], seed: number, name: string, changed: Partial<LearningOptions> = {}): Policy => {
  const outcomes: FixOutcome[] = [];
  let choices = 0;
  const options = { ...DEFAULT_LEARNING, exploration: 0, disappointing: 0, ...changed };
  return {
    name,
    choose: (kind, nowMs) => chooseStrategy({ kind, known: strategies, outcomes, supply: everything, nowMs, seed: `${seed} ${(choices += 1)}`, options }).choice.strategy.strategyId,
    learn: (outcome) => void outcomes.push(outcome),
  };
};

/** The same beliefs, and optimism instead of draws: mean + c·sqrt(ln(all weight + 1) / own weight). */
export const kernelUcb = (strategies: readonly Strategy[], c: number): Policy => {
  const outcomes: FixOutcome[] = [];
  return {
    name: `upper bound, same weights, c ${c}`,
    choose: (kind, nowMs) => {
      const beliefs = beliefsOf({ kind, strategies, outcomes, nowMs, options: DEFAULT_LEARNING });
      const total = beliefs.reduce((sum, { successes, failures }) => sum + successes + failures, 0);
      const bounds = beliefs.map(({ successes, failures }) => successes / (successes + failures) + c * Math.sqrt(Math.log(total + 1) / (successes + failures)));
      return strategies[bounds.indexOf(Math.max(...bounds))]?.strategyId ?? '';
    },
    learn: (outcome) => void outcomes.push(outcome),
  };
};

/** A ridge regression of the reward on the centroid for each strategy, kept inverted (Sherman-Morrison). */
class LinearArm {
  private readonly inverse: number[][];
  private readonly sums: number[];

  constructor(readonly dimensions: number) {
    this.inverse = Array.from({ length: dimensions }, (_, i) => Array.from({ length: dimensions }, (_unused, j) => (i === j ? 1 : 0)));
    this.sums = new Array<number>(dimensions).fill(0);
  }

  bound(x: readonly number[], alpha: number): number {
    const ax = this.times(x);
    return ax.reduce((sum, value, i) => sum + value * (this.sums[i] ?? 0), 0) + alpha * Math.sqrt(Math.max(0, ax.reduce((sum, value, i) => sum + value * (x[i] ?? 0), 0)));
  }

  learn(x: readonly number[], reward: number): void {
    const ax = this.times(x);
    const scale = 1 + ax.reduce((sum, value, i) => sum + value * (x[i] ?? 0), 0);
    for (const [i, row] of this.inverse.entries()) for (let j = 0; j < row.length; j += 1) row[j] = (row[j] ?? 0) - ((ax[i] ?? 0) * (ax[j] ?? 0)) / scale;
    for (const [i, value] of x.entries()) this.sums[i] = (this.sums[i] ?? 0) + reward * value;
  }

  private times(x: readonly number[]): number[] {
    return this.inverse.map((row) => row.reduce((sum, value, i) => sum + value * (x[i] ?? 0), 0));
  }
}

/** LinUCB (Li et al. 2010), disjoint: reward linear in the centroid. */
export const linUcb = (strategies: readonly Strategy[], alpha: number): Policy => {
  const arms = new Map<string, LinearArm>();
  const armOf = (strategyId: string, dimensions: number): LinearArm => {
    const arm = arms.get(strategyId) ?? new LinearArm(dimensions);
    arms.set(strategyId, arm);
    return arm;
  };
  return {
    name: `linear bandit (LinUCB), alpha ${alpha}`,
    choose: ({ centroid }) => {
      const x = Array.from(centroid);
      const bounds = strategies.map(({ strategyId }) => armOf(strategyId, x.length).bound(x, alpha));
      return strategies[bounds.indexOf(Math.max(...bounds))]?.strategyId ?? '';
    },
    learn: ({ strategyId, centroid, reward }) => armOf(strategyId, centroid.length).learn(Array.from(centroid), reward),
  };
};

export const uniform = (strategies: readonly Strategy[], seed: number): Policy => {
  const random = seededRandom(seed);
  return { name: 'uniformly random', choose: () => strategies[Math.floor(random() * strategies.length)]?.strategyId ?? '', learn: () => undefined };
};
