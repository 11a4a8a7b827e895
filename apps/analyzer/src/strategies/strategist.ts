import { acceptProposal, chooseStrategy, DEFAULT_LEARNING, mergeStrategies, whyNotApplicable, wantsNewStrategy, type ChoiceRequest, type FixOutcome, type FixSupply, type LearningOptions, type StrategyProposer } from '@ratchet/strategies';
import { supplyOf } from './supply.js';
import type { OpportunityRanked, Strategy, StrategyChoice } from '@ratchet/domain';
import type { Logger } from '@ratchet/observability';
import type { Failure } from '../analysis/failure.js';
import type { StoredChoice } from '../persistence/strategy.repository.js';
import type { Opportunity } from '../analysis/rank-opportunities.js';

/** Each experiment needs a cycle of its own, and a target has one cycle at a time. It also bounds what the teacher is asked. */
const NEW_STRATEGIES_MAX = 1;

export interface Planned extends Opportunity<OpportunityRanked & { strategyChoice: StrategyChoice }> {
  /** The choice of an earlier analysis stands. */
  readonly isKept: boolean;
}

export interface Plan {
  readonly opportunities: readonly Planned[];
  /** Strategies that were not known before. */
  readonly made: readonly Strategy[];
}

/** What the analysis found, and what is remembered. */
export interface PlanRequest {
  readonly ranked: readonly Opportunity[];
  readonly failures: readonly Failure[];
  readonly embedding: string;
  readonly outcomes: readonly FixOutcome[];
  /** Strategies that were composed or proposed before. */
  readonly made: readonly Strategy[];
  readonly choices: ReadonlyMap<string, StoredChoice>;
}

export interface StrategistOptions {
  /** Own and shipped ones. */
  readonly catalogue: readonly Strategy[];
  readonly proposer: StrategyProposer | undefined;
  readonly agreeingUsersMin: number;
  readonly halfLifeMs: number;
  readonly exploration: number;
  readonly logger: Logger;
}

/** Gives every ranked opportunity its strategy. One that is being worked with stands until its outcome has come. */
export class Strategist {
  private readonly learning: LearningOptions;

  constructor(private readonly options: StrategistOptions) {
    this.learning = { ...DEFAULT_LEARNING, halfLifeMs: options.halfLifeMs, exploration: options.exploration };
  }

  async plan(request: PlanRequest): Promise<Plan> {
    const { catalogue, proposer, agreeingUsersMin } = this.options;
    const byId = new Map(request.failures.map((failure) => [failure.interactionId, failure]));
    const made: Strategy[] = [];
    const opportunities: Planned[] = [];
    for (const opportunity of request.ranked) {
      const { data, centroid, memberIds } = opportunity;
      const supply = supplyOf(memberIds.flatMap((id) => byId.get(id) ?? []), { hasTeacher: proposer !== undefined, agreeingUsersMin });
      const kept = standingChoice(request.choices.get(data.opportunityId), data, supply);
      if (kept) {
        opportunities.push({ ...opportunity, isKept: true, data: { ...data, strategy: kept.strategy.strategyId, strategyChoice: kept } });
        continue;
      }
      const ask: ChoiceRequest = {
        kind: { fixType: data.fixType, embedding: request.embedding, centroid },
        known: mergeStrategies(catalogue, request.made, made),
        outcomes: request.outcomes,
        supply,
        nowMs: Date.parse(data.rankedAt),
        // One for the whole analysis: where each opportunity had its own luck, each would want to be trained in its own way, in a cycle of its own.
        seed: data.analysisId,
        options: made.length < NEW_STRATEGIES_MAX ? this.learning : { ...this.learning, exploration: 0 },
      };
      const { choice, isNew } = chooseStrategy(ask, proposer && wantsNewStrategy(ask) ? await this.proposed(proposer, data, ask) : undefined);
      if (isNew) made.push(choice.strategy);
      opportunities.push({ ...opportunity, isKept: false, data: { ...data, strategy: choice.strategy.strategyId, strategyChoice: choice } });
    }
    return { opportunities, made };
  }

  /** Undefined where the teacher cannot be reached or has no idea that can be used: then parts are put together. */
  private async proposed(proposer: StrategyProposer, { opportunityId, rootCauseReason, commonPatterns, representatives }: Opportunity['data'], { kind, known, supply }: ChoiceRequest): Promise<Strategy | undefined> {
    const { logger } = this.options;
    try {
      const ofType = known.filter(({ fixType }) => fixType === kind.fixType);
      const proposal = await proposer.propose({ fixType: kind.fixType, rootCauseReason, patterns: commonPatterns, representatives, known: ofType.map(({ origin: _origin, fixType: _fixType, ...rest }) => rest) });
      const accepted = acceptProposal({ proposal, fixType: kind.fixType, known, supply });
      if ('strategy' in accepted) return accepted.strategy;
      logger.info('a proposed strategy is not used', { opportunityId, proposer: proposer.description, why: accepted.refused });
    } catch (error) {
      logger.warn('no strategy was proposed', { opportunityId, proposer: proposer.description, error: error instanceof Error ? error.message : String(error) });
    }
    return undefined;
  }
}

/** The stored choice, where it stands: for the same type of fix, without an outcome yet, and under way or still possible. */
const standingChoice = (stored: StoredChoice | undefined, { fixType }: Pick<OpportunityRanked, 'fixType'>, supply: FixSupply): StrategyChoice | undefined => {
  if (!stored || stored.isDecided || stored.choice.strategy.fixType !== fixType) return undefined;
  return stored.isUnderWay || whyNotApplicable(stored.choice.strategy, supply) === undefined ? stored.choice : undefined;
};
