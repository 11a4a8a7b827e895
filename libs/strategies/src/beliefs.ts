import { cosine } from '@ratchet/embedded-model';
import type { FixType, Strategy } from '@ratchet/domain';
import type { LearningOptions } from './options.js';

/** Where a cluster of failures lies. Centroids of different embeddings say nothing about each other. */
export interface FailureKind {
  readonly fixType: FixType;
  /** Names the embedding. */
  readonly embedding: string;
  readonly centroid: ArrayLike<number>;
}

/** What became of one use of a strategy on one kind of failure. */
export interface FixOutcome extends FailureKind {
  readonly strategyId: string;
  /** 0 to 1. */
  readonly reward: number;
  /** 1 where the cycle was about these failures alone; less where it served others, too. */
  readonly weight: number;
  readonly decidedAtMs: number;
}

/** Beta(successes, failures), the prior included. */
export interface Belief {
  readonly strategy: Strategy;
  readonly successes: number;
  readonly failures: number;
  /** Of outcomes on failures like these. */
  readonly similarWeight: number;
  /** Of all outcomes, wherever; 0 for one that was never tried. */
  readonly totalWeight: number;
  /** Mean reward of all of them; 0 without any. */
  readonly totalMean: number;
}

export const meanOf = ({ successes, failures }: Pick<Belief, 'successes' | 'failures'>): number => successes / (successes + failures);

/** A Gaussian of the cosine's distance from 1, exp(−((1 − cosine) / bandwidth)² / 2): flat where centroids of one kind lie, 0 in another embedding. */
export const similarityOf = (a: FailureKind, b: FailureKind, bandwidth: number): number =>
  a.embedding === b.embedding && a.centroid.length === b.centroid.length && a.centroid.length > 0 ? Math.exp(-(((1 - cosine(a.centroid, b.centroid)) / bandwidth) ** 2) / 2) : 0;

/** Halves with every half life; what lies in the future (clocks differ) counts in full. */
export const freshnessOf = (decidedAtMs: number, nowMs: number, halfLifeMs: number): number => 2 ** (-Math.max(0, nowMs - decidedAtMs) / halfLifeMs);

interface Sums {
  similarWeight: number;
  similarReward: number;
  totalWeight: number;
  totalReward: number;
}

/** Outcomes of a fix type, each with its weights: by age and share alone, and by similarity on top. */
const sumsByStrategy = ({ kind, outcomes, nowMs, options }: BeliefRequest): Map<string, Sums> => {
  const sums = new Map<string, Sums>();
  for (const outcome of outcomes) {
    if (outcome.fixType !== kind.fixType) continue;
    const sum = sums.get(outcome.strategyId) ?? { similarWeight: 0, similarReward: 0, totalWeight: 0, totalReward: 0 };
    const weight = outcome.weight * freshnessOf(outcome.decidedAtMs, nowMs, options.halfLifeMs);
    const similar = weight * similarityOf(kind, outcome, options.bandwidth);
    sum.similarWeight += similar;
    sum.similarReward += similar * outcome.reward;
    sum.totalWeight += weight;
    sum.totalReward += weight * outcome.reward;
    sums.set(outcome.strategyId, sum);
  }
  return sums;
};

export interface BeliefRequest {
  readonly kind: FailureKind;
  /** Of the kind's fix type, the preferred first. */
  readonly strategies: readonly Strategy[];
  readonly outcomes: readonly FixOutcome[];
  readonly nowMs: number;
  readonly options: LearningOptions;
}

/** The earlier a strategy stands, the more is expected of it before anything is known. Those that were never shipped start with the last one's prior. */
const priorMeanOf = (place: number, places: number, { priorFirst, priorLast }: LearningOptions): number => priorFirst - (priorFirst - priorLast) * (places <= 1 ? 0 : Math.min(1, place / (places - 1)));

/** What is believed of each strategy on failures of this kind: the prior, and a fraction of a success or failure from each outcome. */
export const beliefsOf = (request: BeliefRequest): Belief[] => {
  const { strategies, options } = request;
  const sums = sumsByStrategy(request);
  const shipped = strategies.filter(({ origin }) => origin === 'shipped').length;
  return strategies.map((strategy, place): Belief => {
    const { similarWeight, similarReward, totalWeight, totalReward } = sums.get(strategy.strategyId) ?? { similarWeight: 0, similarReward: 0, totalWeight: 0, totalReward: 0 };
    const prior = strategy.origin === 'shipped' ? priorMeanOf(place, shipped, options) : options.priorLast;
    return {
      strategy,
      successes: options.priorStrength * prior + options.evidenceScale * similarReward,
      failures: options.priorStrength * (1 - prior) + options.evidenceScale * (similarWeight - similarReward),
      similarWeight,
      totalWeight,
      totalMean: totalWeight === 0 ? 0 : totalReward / totalWeight,
    };
  });
};
