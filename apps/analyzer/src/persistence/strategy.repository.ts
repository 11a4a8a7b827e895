import { loadOutcomes } from './outcome.repository.js';
import type { RootCause, Strategy, StrategyChoice } from '@ratchet/domain';
import type { FixOutcome, RewardWeights } from '@ratchet/strategies';
import type { Queryable } from './queryable.js';

export interface StoredChoice {
  readonly opportunityId: string;
  readonly choice: StrategyChoice;
  /** An outcome that tells something has come since it was chosen. */
  readonly isDecided: boolean;
  /** Something was made with it for the opportunity. */
  readonly isUnderWay: boolean;
}

/** What was last chosen for these opportunities. */
export const loadChoices = async (db: Queryable, opportunityIds: readonly string[]): Promise<Map<string, StoredChoice>> => {
  const rows = await db.query<StoredChoice & Record<string, unknown>>(
    `select s.opportunity_id as "opportunityId", s.choice,
       exists (select 1 from strategy_outcomes d where d.opportunity_id = s.opportunity_id and d.decided_at > s.chosen_at) as "isDecided",
       exists (select 1 from fix_works w where w.opportunity_id = s.opportunity_id and w.strategy_id = s.choice->'strategy'->>'strategyId' and w.made_at >= s.chosen_at) as "isUnderWay"
     from strategy_choices s where s.opportunity_id = any($1::text[])`,
    [opportunityIds],
  );
  return new Map(rows.map((row) => [row.opportunityId, row]));
};

/** `chosenAt` is of the first time: a choice that is kept keeps it. */
export const saveChoice = async (tx: Queryable, { opportunityId, choice, rootCause, size, chosenAt, isKept }: { opportunityId: string; choice: StrategyChoice; rootCause: RootCause; size: number; chosenAt: string; isKept: boolean }): Promise<void> => {
  await tx.query(
    `insert into strategy_choices as s (opportunity_id, choice, root_cause, size, chosen_at) values ($1, $2::jsonb, $3, $4, $5)
     on conflict (opportunity_id) do update set choice = excluded.choice, root_cause = excluded.root_cause, size = excluded.size, chosen_at = case when $6 then s.chosen_at else excluded.chosen_at end`,
    [opportunityId, JSON.stringify(choice), rootCause, size, chosenAt, isKept],
  );
};

/** Strategies that came up in this product, besides those that it was given; in the order in which they were made. */
export const loadMadeStrategies = async (db: Queryable): Promise<Strategy[]> =>
  (await db.query<{ strategy: Strategy }>('select strategy from strategies order by made_at, strategy_id')).map(({ strategy }) => strategy);

export const saveStrategy = async (tx: Queryable, strategy: Strategy): Promise<void> => {
  await tx.query('insert into strategies (strategy_id, strategy) values ($1, $2::jsonb) on conflict do nothing', [strategy.strategyId, JSON.stringify(strategy)]);
};

/** All that a choice for these opportunities rests on. */
export const recallStrategies = async (
  db: Queryable,
  opportunities: readonly { readonly data: { readonly opportunityId: string } }[],
  weights: RewardWeights,
): Promise<{ outcomes: FixOutcome[]; made: Strategy[]; choices: Map<string, StoredChoice> }> => {
  const [outcomes, made, choices] = await Promise.all([loadOutcomes(db, weights), loadMadeStrategies(db), loadChoices(db, opportunities.map(({ data }) => data.opportunityId))]);
  return { outcomes, made, choices };
};
