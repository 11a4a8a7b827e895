import { World, type WorldOptions } from './world.js';
import type { FixOutcome } from '../beliefs.js';
import type { Strategy } from '@ratchet/domain';
import type { Policy } from './policies.js';

export interface Run {
  /** Regret of each cycle. */
  readonly regrets: readonly number[];
  /** Whether each cycle took the best strategy. */
  readonly hits: readonly boolean[];
  /** What each cycle took. */
  readonly taken: readonly string[];
}

export interface SimulationOptions extends WorldOptions {
  readonly cycles: number;
  /** Cycles that begin before the outcome of one is known: a rollout takes days. */
  readonly delay: number;
}

/** One product's life: failures arrive, a strategy is chosen, and its outcome is learned later. */
export const simulate = (options: SimulationOptions, policyOf: (strategies: readonly Strategy[]) => Policy): Run => {
  const world = new World(options);
  const policy = policyOf(world.strategies);
  const underWay: FixOutcome[] = [];
  const run = { regrets: [] as number[], hits: [] as boolean[], taken: [] as string[] };
  for (let cycle = 0; cycle < options.cycles; cycle += 1) {
    const { kindIndex, kind } = world.arrival();
    const strategyId = policy.choose(kind, world.timeOf(cycle));
    underWay.push({ ...kind, strategyId, reward: world.reward(kindIndex, strategyId, cycle), weight: 1, decidedAtMs: world.timeOf(cycle + options.delay) });
    const decided = underWay.length > options.delay ? underWay.shift() : undefined;
    if (decided) policy.learn(decided);
    run.regrets.push(world.regret(kindIndex, strategyId, cycle));
    run.hits.push(world.isBest(kindIndex, strategyId, cycle));
    run.taken.push(strategyId);
  }
  return run;
};

/** What each strategy would have lost, taken in every cycle of the same life. */
export const regretsOfFixed = (options: SimulationOptions): ReadonlyMap<string, number> => {
  const world = new World(options);
  const arrivals = Array.from({ length: options.cycles }, () => world.arrival().kindIndex);
  return new Map(world.strategies.map(({ strategyId }) => [strategyId, sumOf(arrivals.map((kindIndex, cycle) => world.regret(kindIndex, strategyId, cycle)))]));
};

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Share of the cycles from `from` (included) to `to` (excluded) that took the best. */
export const hitShare = ({ hits }: Run, from: number, to: number): number => hits.slice(from, to).filter(Boolean).length / Math.max(1, Math.min(to, hits.length) - from);
