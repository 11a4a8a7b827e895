import type { Bundle, DatasetVersioned, ExamplesAdded, Target, VitalsCounted } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import type { TrainingConfig } from '../training/training-config.js';
import type { FailureRate } from '../training/trigger.js';

export interface TargetRow extends Target {
  readonly champion: string;
  readonly championSince: Date;
  readonly lastOrdinal: number;
  readonly lastCycleAt: Date;
}

export interface CycleRow extends Target {
  readonly cycleId: string;
  readonly state: string;
  readonly trigger: string;
  readonly baseVersion: string;
  readonly version: string | null;
  readonly trainingRunId: string;
  readonly providerJob: string | null;
  readonly startedAt: Date;
  /** Null for a cycle that trains nothing, or that began before it was kept. */
  readonly trainingConfig: TrainingConfig | null;
}

export type CycleOutcome = 'promoted' | 'rejected' | 'insufficient' | 'superseded' | 'rolled_back' | 'failed';
type Queries = Pick<Database, 'query'>;

const targetColumns = `model, workload, champion, champion_since as "championSince", last_ordinal as "lastOrdinal", last_cycle_at as "lastCycleAt"`;
const cycleColumns = `cycle_id as "cycleId", model, workload, state, trigger, base_version as "baseVersion", version, training_run_id as "trainingRunId", provider_job as "providerJob", started_at as "startedAt", training_config as "trainingConfig"`;

export const targetsWithoutOpenCycle = (db: Queries): Promise<TargetRow[]> =>
  db.query<TargetRow>(
    `select ${targetColumns} from targets t where not exists (select 1 from cycles c where c.model = t.model and c.workload = t.workload and c.ended_at is null)`,
  );

export const lockTarget = async (tx: Transaction, { model, workload }: Target): Promise<TargetRow | undefined> =>
  (await tx.query<TargetRow>(`select ${targetColumns} from targets where model = $1 and workload = $2 for update`, [model, workload]))[0];

/** False where the target has a champion already. */
export const insertTarget = async (tx: Transaction, { model, workload }: Target, champion: string): Promise<boolean> => {
  const rows = await tx.query(
    `insert into targets (model, workload, champion, champion_since, last_ordinal, last_cycle_at) values ($1, $2, $3, now(), 1, now()) on conflict do nothing returning model`,
    [model, workload, champion],
  );
  return rows.length > 0;
};

export const insertVersion = async (
  tx: Transaction,
  { versionId, model, workload, ordinal, bundle, parentVersion }: Target & { versionId: string; ordinal: number; bundle: Bundle; parentVersion?: string },
): Promise<void> => {
  await tx.query(`insert into versions (version_id, model, workload, ordinal, bundle, parent_version) values ($1, $2, $3, $4, $5::jsonb, $6)`, [
    versionId,
    model,
    workload,
    ordinal,
    JSON.stringify(bundle),
    parentVersion ?? null,
  ]);
  await tx.query(`update targets set last_ordinal = greatest(last_ordinal, $3) where model = $1 and workload = $2`, [model, workload, ordinal]);
};

export const bundleOf = async (db: Queries, versionId: string): Promise<Bundle | undefined> =>
  (await db.query<{ bundle: Bundle }>(`select bundle from versions where version_id = $1`, [versionId]))[0]?.bundle;

export const storeExamples = async (tx: Transaction, { datasetId, model, workload, examples }: ExamplesAdded): Promise<void> => {
  await tx.query(
    `insert into examples (example_id, dataset_id, model, workload, split, body)
     select e->>'exampleId', $1, $2, $3, e->>'split', e from jsonb_array_elements($4::jsonb) as e on conflict do nothing`,
    [datasetId, model, workload, JSON.stringify(examples)],
  );
};

export const storeDataset = async (tx: Transaction, dataset: DatasetVersioned): Promise<void> => {
  await tx.query(
    `insert into datasets (dataset_id, model, workload, opportunity_ids, failures_analyzed, high_priority, training, strategy_ids)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7::jsonb, $8::jsonb) on conflict do nothing`,
    [
      dataset.datasetId, dataset.model, dataset.workload, JSON.stringify(dataset.opportunityIds), dataset.failuresAnalyzed, dataset.highPriority,
      dataset.training === undefined ? null : JSON.stringify(dataset.training), JSON.stringify((dataset.strategies ?? []).map(({ strategy }) => strategy.strategyId)),
    ],
  );
};

export const addVitals = async (tx: Transaction, { model, workload, version, outcomes, failures, to }: VitalsCounted): Promise<void> => {
  if (outcomes === 0) return;
  await tx.query(
    `insert into vitals_by_minute as v (model, workload, version, minute, outcomes, failures) values ($1, $2, $3, date_trunc('minute', $4::timestamptz), $5, $6)
     on conflict (model, workload, version, minute) do update set outcomes = v.outcomes + excluded.outcomes, failures = v.failures + excluded.failures`,
    [model, workload, version, to, outcomes, failures],
  );
};

/** The champion's first outcomes (as many minutes as it takes to reach the number), and those since a time that came after these. */
export const failureRates = async (
  db: Queries,
  { model, workload, champion }: TargetRow,
  { baselineOutcomes, currentSince }: { baselineOutcomes: number; currentSince: Date },
): Promise<{ baseline: FailureRate; current: FailureRate }> => {
  const [row] = await db.query<{ bo: number; bf: number; co: number; cf: number }>(
    `with minutes as (
       select minute, outcomes, failures, sum(outcomes) over (order by minute) - outcomes as before
       from vitals_by_minute where model = $1 and workload = $2 and version = $3)
     select coalesce(sum(outcomes) filter (where before < $4), 0)::int as bo, coalesce(sum(failures) filter (where before < $4), 0)::int as bf,
            coalesce(sum(outcomes) filter (where before >= $4 and minute >= $5), 0)::int as co, coalesce(sum(failures) filter (where before >= $4 and minute >= $5), 0)::int as cf from minutes`,
    [model, workload, champion, baselineOutcomes, currentSince],
  );
  return { baseline: { outcomes: row?.bo ?? 0, failures: row?.bf ?? 0 }, current: { outcomes: row?.co ?? 0, failures: row?.cf ?? 0 } };
};

export const insertCycle = async (tx: Transaction, cycle: Target & { cycleId: string; trigger: string; reason: string; baseVersion: string; trainingRunId: string; trainingConfig: TrainingConfig }): Promise<void> => {
  await tx.query(
    `insert into cycles (cycle_id, model, workload, state, trigger, trigger_reason, base_version, training_run_id, training_config) values ($1, $2, $3, 'training', $4, $5, $6, $7, $8::jsonb)`,
    [cycle.cycleId, cycle.model, cycle.workload, cycle.trigger, cycle.reason, cycle.baseVersion, cycle.trainingRunId, JSON.stringify(cycle.trainingConfig)],
  );
  await tx.query(`update targets set last_cycle_at = now() where model = $1 and workload = $2`, [cycle.model, cycle.workload]);
};

export const findCycle = async (db: Queries, cycleId: string): Promise<CycleRow | undefined> =>
  (await db.query<CycleRow>(`select ${cycleColumns} from cycles where cycle_id = $1`, [cycleId]))[0];

/** Verdict and approval come on topics of their own: a verdict that is read late does not take back what followed it. */
export const moveCycle = async (tx: Transaction, { cycleId, state, version }: { cycleId: string; state: 'judging' | 'awaiting_person' | 'rollout'; version?: string }): Promise<void> => {
  await tx.query(`update cycles set state = $2, version = coalesce($3, version) where cycle_id = $1 and ended_at is null and ($2 = 'rollout' or state <> 'rollout')`, [cycleId, state, version ?? null]);
};

/** What a cycle's end means for its examples: used for good, set apart as harmful, or free for the next cycle. */
const examplesAfter: Record<CycleOutcome, 'used' | 'quarantined' | 'waiting'> = {
  promoted: 'used',
  rejected: 'quarantined',
  rolled_back: 'quarantined',
  failed: 'quarantined',
  insufficient: 'waiting',
  superseded: 'waiting',
};

/** A candidate may be approved by a person after its cycle ended as insufficient, so an ended cycle can still be promoted. */
export const endCycle = async (tx: Transaction, cycleId: string, outcome: CycleOutcome, state = examplesAfter[outcome]): Promise<void> => {
  await tx.query(`update cycles set state = $2, ended_at = coalesce(ended_at, now()) where cycle_id = $1`, [cycleId, outcome]);
  await tx.query(`update examples set state = $2, cycle_id = case when $2 = 'waiting' then null else cycle_id end where cycle_id = $1`, [cycleId, state]);
};

export const crownChampion = async (tx: Transaction, { model, workload }: Target, version: string): Promise<void> => {
  await tx.query(`update targets set champion = $3, champion_since = now() where model = $1 and workload = $2 and champion <> $3`, [model, workload, version]);
};
