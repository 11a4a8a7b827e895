import { rewardOf, type DecidedOutcome, type FixOutcome, type RewardWeights } from '@ratchet/strategies';
import type { CandidateJudged, CandidateRegistered, DatasetVersioned, FixProposed, FixType, Strategy, Target, TrainingStarted } from '@ratchet/domain';
import type { FixOutcomes } from '../priority/regression-risk.js';
import type { Queryable } from './queryable.js';

export type CycleOutcome = DecidedOutcome | 'insufficient' | 'superseded' | 'training_failed';

/** The newest outcomes that are learned from: enough for years of cycles, and a bound for the arithmetic. */
const OUTCOMES_MAX = 1_000;
const KEPT_DAYS = 730;

interface Work {
  readonly workId: string;
  readonly opportunityId: string;
  /** Absent where the maker does not tell: then the one that was last chosen for the opportunity. */
  readonly strategy: Strategy | undefined;
  readonly costUsd: number;
  readonly madeAt: string;
}

interface WorkContext {
  strategy: Strategy | null;
  embedding: string;
  centroid: number[];
  root_cause: string | null;
  size: number;
}

const bytesOf = (centroid: readonly number[]): Buffer => Buffer.from(Float32Array.from(centroid).buffer);
/** Copied, since a buffer of the driver may begin anywhere. */
const centroidOf = (bytes: Buffer): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

/** Which strategy was really used, with the failures as the last analysis saw them; none for opportunities that this service does not know. */
const storeWork = async (tx: Queryable, { workId, opportunityId, strategy: used, costUsd, madeAt }: Work): Promise<void> => {
  const [context] = await tx.query<WorkContext & Record<string, unknown>>(
    `select c.choice->'strategy' as strategy, o.embedding, o.centroid, c.root_cause, coalesce(c.size, o.size) as size
     from opportunities o left join strategy_choices c using (opportunity_id) where o.opportunity_id = $1`,
    [opportunityId],
  );
  const strategy = used ?? context?.strategy;
  if (!context || !strategy) return;
  await tx.query(
    `insert into fix_works (work_id, opportunity_id, strategy_id, strategy, fix_type, embedding, centroid, root_cause, size, cost_usd, made_at)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [workId, opportunityId, strategy.strategyId, JSON.stringify(strategy), strategy.fixType, context.embedding, bytesOf(context.centroid), context.root_cause, context.size, costUsd, madeAt],
  );
};

/** A dataset's cost is shared equally by its opportunities. */
export const storeDatasetWork = async (tx: Queryable, { datasetId, opportunityIds, strategies = [], costUsd = 0, versionedAt }: DatasetVersioned): Promise<void> => {
  const used = new Map(strategies.map(({ opportunityId, strategy }) => [opportunityId, strategy]));
  for (const opportunityId of opportunityIds) {
    await storeWork(tx, { workId: datasetId, opportunityId, strategy: used.get(opportunityId), costUsd: costUsd / opportunityIds.length, madeAt: versionedAt });
  }
};

export const storeFixWork = async (tx: Queryable, { fixId, opportunityId, strategy, costUsd = 0, proposedAt }: FixProposed): Promise<void> =>
  storeWork(tx, { workId: fixId, opportunityId, strategy, costUsd, madeAt: proposedAt });

const ensureCycle = async (tx: Queryable, { cycleId, model, workload }: Target & { cycleId: string }): Promise<void> => {
  await tx.query('insert into fix_cycles (cycle_id, model, workload) values ($1, $2, $3) on conflict do nothing', [cycleId, model, workload]);
};

/** What a cycle is made of, as each event that knows it says. */
export const storeCycle = async (tx: Queryable, cycle: Target & Pick<TrainingStarted, 'cycleId' | 'datasetIds' | 'opportunityIds' | 'fixId'> & Partial<Pick<CandidateRegistered, 'trainingConfig' | 'trainingSeconds'>>): Promise<void> => {
  await ensureCycle(tx, cycle);
  const workIds = [...cycle.datasetIds, ...(cycle.fixId === undefined ? [] : [cycle.fixId])];
  await tx.query(
    `update fix_cycles set work_ids = $2::jsonb, opportunity_ids = $3::jsonb, training_config = coalesce($4::jsonb, training_config), training_seconds = coalesce($5, training_seconds) where cycle_id = $1`,
    [cycle.cycleId, JSON.stringify(workIds), JSON.stringify(cycle.opportunityIds), cycle.trainingConfig === undefined ? null : JSON.stringify(cycle.trainingConfig), cycle.trainingSeconds ?? null],
  );
};

/** What the gates measured, whatever the verdict. */
export const storeVerdict = async (tx: Queryable, verdict: CandidateJudged): Promise<void> => {
  await ensureCycle(tx, verdict);
  const gain = verdict.gates.find(({ name }) => name === 'target_improvement')?.value ?? null;
  const categories = verdict.gates.find(({ name }) => name === 'no_regression')?.categories ?? [];
  const harmed = categories.filter((category) => category.harmed).map(({ category }) => category);
  await tx.query('update fix_cycles set target_gain = $2, harmed = $3::jsonb, categories = $4 where cycle_id = $1', [verdict.cycleId, gain, JSON.stringify(harmed), categories.length]);
};

/** What becomes of a candidate in traffic, or by a person, is the last word: a verdict or failed training that is read later does not change it. */
export const decideCycle = async (tx: Queryable, { outcome, decidedAt, ...cycle }: Target & { cycleId: string; outcome: CycleOutcome; decidedAt: string }): Promise<void> => {
  await ensureCycle(tx, cycle);
  const isLast = outcome === 'promoted' || outcome === 'rolled_back' || outcome === 'rejected' || outcome === 'superseded';
  await tx.query(
    `update fix_cycles set outcome = $2, decided_at = $3, learned_at = now() where cycle_id = $1 and ($4 or outcome is null or outcome not in ('promoted', 'rolled_back', 'rejected', 'superseded'))`,
    [cycle.cycleId, outcome, decidedAt, isLast],
  );
};

/** Cycles by fix type: one cycle counts once, however many opportunities it served. */
export const loadFixOutcomes = async (db: Queryable): Promise<Map<FixType, FixOutcomes>> => {
  const rows = await db.query<{ fix_type: FixType; succeeded: number; failed: number }>(
    `select fix_type, count(distinct cycle_id) filter (where succeeded)::int as succeeded, count(distinct cycle_id) filter (where not succeeded)::int as failed from strategy_outcomes group by fix_type`,
  );
  return new Map(rows.map(({ fix_type, succeeded, failed }) => [fix_type, { succeeded, failed }]));
};

interface OutcomeRow {
  strategy_id: string;
  fix_type: FixType;
  embedding: string;
  centroid: Buffer;
  cost: number;
  outcome: DecidedOutcome;
  target_gain: number | null;
  harmed: string[];
  categories: number;
  training_seconds: number | null;
  decided_at: Date;
  sharers: number;
}

/**
 * Every telling outcome of a strategy that was used, the newest first. With n opportunities in a cycle each counts 1/√n: one of them may be to blame, but a
 * cycle of twenty would teach nothing if they shared a single outcome.
 */
export const loadOutcomes = async (db: Queryable, weights?: RewardWeights): Promise<FixOutcome[]> => {
  const rows = await db.query<OutcomeRow>(
    `with used as (
       select c.cycle_id, w.opportunity_id, w.strategy_id, w.fix_type, (array_agg(w.embedding order by w.made_at desc))[1] as embedding, (array_agg(w.centroid order by w.made_at desc))[1] as centroid, sum(w.cost_usd) as cost
       from fix_cycles c join fix_works w on c.work_ids ? w.work_id where c.outcome in ('promoted', 'judged_failed', 'rolled_back', 'rejected') group by c.cycle_id, w.opportunity_id, w.strategy_id, w.fix_type
     )
     select u.strategy_id, u.fix_type, u.embedding, u.centroid, u.cost, c.outcome, c.target_gain, c.harmed, c.categories, c.training_seconds, c.decided_at, count(*) over (partition by u.cycle_id)::int as sharers
     from used u join fix_cycles c using (cycle_id) order by c.decided_at desc, c.cycle_id, u.opportunity_id limit $1`,
    [OUTCOMES_MAX],
  );
  return rows.map((row) => ({
    strategyId: row.strategy_id,
    fixType: row.fix_type,
    embedding: row.embedding,
    centroid: centroidOf(row.centroid),
    weight: 1 / Math.sqrt(row.sharers),
    decidedAtMs: row.decided_at.getTime(),
    reward: rewardOf(
      { outcome: row.outcome, ...(row.target_gain !== null && { targetGain: row.target_gain }), harmed: row.harmed.length, categories: row.categories, cost: row.cost, trainingSeconds: row.training_seconds ?? 0 },
      weights,
    ),
  }));
};

/** What is older has long been forgotten by its half life. */
export const pruneOutcomes = async (db: Queryable): Promise<void> => {
  await db.query(`delete from fix_works where made_at < now() - make_interval(days => $1::int)`, [KEPT_DAYS]);
  await db.query(`delete from fix_cycles where decided_at < now() - make_interval(days => $1::int)`, [KEPT_DAYS]);
};
