import { type FixSupply, whyNotApplicable } from './applicability.js';
import { type Belief, beliefsOf, type FailureKind, type FixOutcome, meanOf } from './beliefs.js';
import { strategiesFor } from './catalogue.js';
import { composeStrategy } from './compose-strategy.js';
import { betaSample, seedOf } from './random.js';
import { seededRandom } from '@ratchet/stats';
import type { Strategy, StrategyChoice } from '@ratchet/domain';
import type { LearningOptions } from './options.js';

export interface ChoiceRequest {
  readonly kind: FailureKind;
  /** Of all fix types and origins, the preferred first. */
  readonly known: readonly Strategy[];
  readonly outcomes: readonly FixOutcome[];
  readonly supply: FixSupply;
  readonly nowMs: number;
  /** The same seed and history, the same choice. Kinds that share a seed share each strategy's luck, and so seldom choose differently without a cause. */
  readonly seed: string;
  readonly options: LearningOptions;
}

export interface Chosen {
  readonly choice: StrategyChoice;
  /** Strategies of the fix type that cannot be used now, and why. */
  readonly leftOut: readonly { readonly strategyId: string; readonly reason: string }[];
  /** The choice is a strategy that was not known before. */
  readonly isNew: boolean;
}

interface Situation {
  /** What may be chosen. */
  readonly beliefs: readonly Belief[];
  readonly leftOut: Chosen['leftOut'];
  /** Of all outcomes on failures like these. */
  readonly similarWeight: number;
  /** Of all outcomes of the fix type. */
  readonly totalWeight: number;
  readonly isFamiliar: boolean;
  readonly disappoints: boolean;
}

/** A strategy that was put together for other failures is tried on these only if it did well there. */
const isCandidate = ({ strategy, similarWeight, totalMean }: Belief, { similarMin }: LearningOptions): boolean => strategy.origin === 'shipped' || similarWeight >= similarMin || totalMean >= 0.5;

const situationOf = ({ kind, known, outcomes, supply, nowMs, options }: ChoiceRequest): Situation => {
  const ofType = strategiesFor(known, kind.fixType);
  const reasons = new Map(ofType.map((strategy) => [strategy.strategyId, whyNotApplicable(strategy, supply)]));
  const usable = ofType.filter(({ strategyId }) => reasons.get(strategyId) === undefined);
  const beliefs = beliefsOf({ kind, strategies: usable, outcomes, nowMs, options });
  const similarWeight = beliefs.reduce((sum, belief) => sum + belief.similarWeight, 0);
  const isFamiliar = similarWeight >= options.similarMin;
  return {
    beliefs: beliefs.filter((belief) => isCandidate(belief, options)),
    leftOut: ofType.flatMap(({ strategyId }) => {
      const reason = reasons.get(strategyId);
      return reason === undefined ? [] : [{ strategyId, reason }];
    }),
    similarWeight,
    totalWeight: beliefs.reduce((sum, belief) => sum + belief.totalWeight, 0),
    isFamiliar,
    disappoints: similarWeight >= options.composeAfter && beliefs.every((belief) => belief.similarWeight < options.similarMin || meanOf(belief) < options.disappointing),
  };
};

const isTimeForNew = (situation: Situation, { seed, options }: ChoiceRequest): boolean => {
  if (situation.beliefs.length === 0 || (situation.isFamiliar && !situation.disappoints)) return false;
  // Fractions of a cycle add up: what rounding took must not put the threshold out of reach.
  if (situation.totalWeight < options.composeAfter - 1e-9) return false;
  return seededRandom(seedOf(seed, 'explore'))() < options.exploration;
};

/** True where it is the turn of a strategy that is new, for failures unlike all before them or on which everything disappointed: a proposer may be asked first. */
export const wantsNewStrategy = (request: ChoiceRequest): boolean => isTimeForNew(situationOf(request), request);

const rounded = (value: number): string => value.toFixed(2);

const choiceOf = (belief: Belief, reason: string): StrategyChoice => ({
  strategy: belief.strategy,
  firstTrial: belief.totalWeight === 0,
  weightedOutcomes: belief.similarWeight,
  expectedSuccess: meanOf(belief),
  reason,
});

const best = (beliefs: readonly Belief[], valueOf: (belief: Belief) => number): Belief => {
  const values = beliefs.map(valueOf);
  return beliefs[values.indexOf(Math.max(...values))] as Belief;
};

/** Thompson sampling: one draw of each belief, and the highest wins, so that a strategy is chosen as often as it is likely to be the best. */
const drawn = (situation: Situation, { seed }: ChoiceRequest): StrategyChoice => {
  const belief = best(situation.beliefs, ({ strategy, successes, failures }) => betaSample(successes, failures, seededRandom(seedOf(seed, 'draw', strategy.strategyId))));
  const leader = best(situation.beliefs, meanOf);
  const evidence = `outcomes on failures like these weigh ${rounded(situation.similarWeight)}, ${rounded(belief.similarWeight)} of it for this one, whose success is expected at ${rounded(meanOf(belief))}`;
  return choiceOf(
    belief,
    belief === leader
      ? `The best of ${situation.beliefs.length} that apply, as far as is known: ${evidence}.`
      : `Tried to learn more, though ${leader.strategy.strategyId} is expected to do better (${rounded(meanOf(leader))}): ${evidence}.`,
  );
};

/** Nothing is known of failures like these: what did well elsewhere, discounted, and before any outcome the order of the catalogue. */
const explored = (situation: Situation, { options }: ChoiceRequest): StrategyChoice => {
  const belief = best(situation.beliefs, ({ successes, failures, totalWeight, totalMean }) => {
    const weight = options.elsewhereWeight * options.evidenceScale * totalWeight;
    return (successes + weight * totalMean) / (successes + failures + weight);
  });
  const unlike = `No fix of failures like these is known (outcomes weigh ${rounded(situation.similarWeight)}, below ${options.similarMin})`;
  const how = belief.totalWeight > 0 ? `it did best on others (mean reward ${rounded(belief.totalMean)})` : `first of ${situation.beliefs.length} that apply, in the order of the catalogue`;
  return choiceOf(belief, `${unlike}: ${how}.`);
};

const isNewcomer = (strategy: Strategy, request: ChoiceRequest, situation: Situation, ask: string): Chosen => ({
  choice: {
    strategy,
    firstTrial: true,
    weightedOutcomes: 0,
    expectedSuccess: request.options.priorLast,
    reason: `${situation.disappoints ? 'Everything that was tried on failures like these disappointed' : 'No fix of failures like these is known'}: ${ask}.`,
  },
  leftOut: situation.leftOut,
  isNew: true,
});

/**
 * The strategy for one opportunity. Familiar failures (the similarity weights of their outcomes reach `similarMin`) are decided by Thompson
 * sampling over Beta posteriors, each outcome counting by similarity and age. Others, and those on which everything disappointed, may get a
 * new strategy: the newcomer that a proposer made, else one composed of parts. Where nothing applies, the first of the catalogue waits for what it needs.
 *
 * @throws {RangeError} where no strategy of the fix type is known at all
 */
export const chooseStrategy = (request: ChoiceRequest, newcomer?: Strategy): Chosen => {
  const { kind, known, outcomes, supply, nowMs, seed, options } = request;
  const situation = situationOf(request);
  if (situation.beliefs.length === 0) {
    const [first] = beliefsOf({ kind, strategies: strategiesFor(known, kind.fixType), outcomes, nowMs, options });
    if (!first) throw new RangeError(`No strategy is known for the fix type ${kind.fixType}: name one in STRATEGIES_FILE`);
    return { choice: choiceOf(first, `It waits, as none applies yet: ${situation.leftOut[0]?.reason ?? ''}.`), leftOut: situation.leftOut, isNew: false };
  }
  if (isTimeForNew(situation, request)) {
    if (newcomer) return isNewcomer(newcomer, request, situation, 'a new strategy that the teacher proposed');
    const composed = composeStrategy({ fixType: kind.fixType, known, outcomes, supply, nowMs, random: seededRandom(seedOf(seed, 'compose')), options });
    if (composed) return isNewcomer(composed, request, situation, 'a new strategy, put together from parts that did well');
  }
  const choice = situation.isFamiliar ? drawn(situation, request) : explored(situation, request);
  return { choice, leftOut: situation.leftOut, isNew: false };
};
