import type { RootCause, Strategy, StrategyChoice, Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

export interface StoredChoice {
  readonly opportunityId: string;
  readonly choice: StrategyChoice;
  /** An outcome that tells something has come since it was chosen. */
  readonly isDecided: boolean;
  /** Something was made with it for the opportunity. */
  readonly isUnderWay: boolean;
}

/** The strategies of a target's open opportunities. */
export const loadChoices = async (db: Queryable, { model, workload }: Target): Promise<Map<string, StoredChoice>> => {
  const rows = await db.query<StoredChoice & Record<string, unknown>>(
    `select s.opportunity_id as "opportunityId", s.choice,
       exists (select 1 from fix_works w join fix_cycles c on c.work_ids ? w.work_id
         where w.opportunity_id = s.opportunity_id and c.decided_at > s.chosen_at and c.outcome in ('promoted', 'judged_failed', 'rolled_back', 'rejected')) as "isDecided",
       exists (select 1 from fix_works w where w.opportunity_id = s.opportunity_id and w.strategy_id = s.choice->'strategy'->>'strategyId' and w.made_at >= s.chosen_at) as "isUnderWay"
     from strategy_choices s join opportunities o using (opportunity_id) where o.model = $1 and o.workload = $2 and o.state = 'open'`,
    [model, workload],
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
