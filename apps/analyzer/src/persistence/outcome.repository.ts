import type { FixType, Target } from '@ratchet/domain';
import type { FixOutcomes } from '../analysis/priority-inputs.js';
import type { StrategyRecord } from '../analysis/strategy.js';
import type { Queryable } from './queryable.js';

export type CycleOutcome = 'judged_failed' | 'rolled_back' | 'promoted';

/**
 * Writes a cycle's outcome down for each of its opportunities. A verdict does not say which opportunities its candidate was made for, so
 * before a promotion names them, all that were open on the target stand for it; a promotion's own list replaces that guess.
 */
export const recordOutcome = async (tx: Queryable, { cycleId, model, workload, outcome, opportunityIds }: Target & { cycleId: string; outcome: CycleOutcome; opportunityIds?: readonly string[] }): Promise<number> => {
  if (opportunityIds) await tx.query('delete from strategy_outcomes where cycle_id = $1', [cycleId]);
  const rows = await tx.query(
    `insert into strategy_outcomes (cycle_id, opportunity_id, strategy, fix_type, outcome, succeeded)
     select $1::text, o.opportunity_id, o.strategy, o.fix_type, $4::text, $4::text = 'promoted' from opportunities o
     where o.model = $2 and o.workload = $3 and (o.opportunity_id = any($5::text[]) or ($5::text[] is null and o.state = 'open'))
     on conflict (cycle_id, opportunity_id) do update set outcome = excluded.outcome, succeeded = excluded.succeeded, decided_at = now() returning opportunity_id`,
    [cycleId, model, workload, outcome, opportunityIds ?? null],
  );
  return rows.length;
};

/** A promotion that was taken back: the same opportunities, another outcome. True where the cycle was known. */
export const changeOutcome = async (tx: Queryable, { cycleId, outcome }: { cycleId: string; outcome: CycleOutcome }): Promise<boolean> => {
  const rows = await tx.query(`update strategy_outcomes set outcome = $2::text, succeeded = $2::text = 'promoted', decided_at = now() where cycle_id = $1 returning cycle_id`, [cycleId, outcome]);
  return rows.length > 0;
};

/** Cycles by fix type: one cycle counts once, however many opportunities it served. */
export const loadFixOutcomes = async (db: Queryable): Promise<Map<FixType, FixOutcomes>> => {
  const rows = await db.query<{ fix_type: FixType; succeeded: number; failed: number }>(
    `select fix_type, count(distinct cycle_id) filter (where succeeded)::int as succeeded, count(distinct cycle_id) filter (where not succeeded)::int as failed from strategy_outcomes group by fix_type`,
  );
  return new Map(rows.map(({ fix_type, succeeded, failed }) => [fix_type, { succeeded, failed }]));
};

export const loadStrategyRecords = async (db: Queryable): Promise<Map<string, StrategyRecord>> => {
  const rows = await db.query<{ strategy: string; succeeded: number; failed: number }>(
    `select strategy, count(distinct cycle_id) filter (where succeeded)::int as succeeded, count(distinct cycle_id) filter (where not succeeded)::int as failed from strategy_outcomes group by strategy`,
  );
  return new Map(rows.map(({ strategy, succeeded, failed }) => [strategy, { succeeded, failed }]));
};
