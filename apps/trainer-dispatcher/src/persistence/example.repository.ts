import type { DatasetVersioned, Example, Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import type { TargetRow } from './trainer.repository.js';

type Queries = Pick<Database, 'query'>;

/** How a dataset wants to be trained. */
export type DatasetTraining = NonNullable<DatasetVersioned['training']>;

/** Only examples of a dataset that is complete count: its `dataset.versioned` closes it. Fresh ones were in no cycle yet. */
export const waitingExamples = async (db: Queries, { model, workload }: TargetRow): Promise<{ waiting: number; fresh: number; highPriority: boolean }> => {
  const [row] = await db.query<{ waiting: number; fresh: number; high: boolean }>(
    `select count(*)::int as waiting, (count(*) filter (where e.tried_at is null))::int as fresh, coalesce(bool_or(d.high_priority), false) as high
     from examples e join datasets d using (dataset_id) where e.model = $1 and e.workload = $2 and e.state = 'waiting' and e.split = 'train'`,
    [model, workload],
  );
  return { waiting: row?.waiting ?? 0, fresh: row?.fresh ?? 0, highPriority: row?.high ?? false };
};

export interface ClaimedData {
  readonly datasetIds: string[];
  readonly opportunityIds: string[];
  readonly failuresAnalyzed: number;
  readonly exampleCount: number;
  /** Of all of them. */
  readonly training: DatasetTraining;
  readonly strategyIds: string[];
}

/** Which of the ways of training that wait goes first: one with something new, then an urgent one, then the one that waits longest. */
const nextTraining = async (tx: Transaction, { model, workload }: Target, configured: DatasetTraining): Promise<DatasetTraining> => {
  const [row] = await tx.query<{ training: DatasetTraining }>(
    `select coalesce(d.training, $3::jsonb) as training from examples e join datasets d using (dataset_id)
     where e.model = $1 and e.workload = $2 and e.state = 'waiting' and e.split = 'train'
     group by coalesce(d.training, $3::jsonb)
     order by bool_or(e.tried_at is null) desc, bool_or(d.high_priority) desc, min(d.added_at), coalesce(d.training, $3::jsonb)::text limit 1`,
    [model, workload, JSON.stringify(configured)],
  );
  return row?.training ?? configured;
};

/** Puts what waits into the cycle, as far as it is trained in the same way; datasets that say nothing are trained as configured. The rest waits for the next cycle. */
export const claimExamples = async (tx: Transaction, target: Target, { cycleId, configured }: { cycleId: string; configured: DatasetTraining }): Promise<ClaimedData> => {
  const training = await nextTraining(tx, target, configured);
  await tx.query(
    `update examples e set state = 'training', cycle_id = $3, tried_at = coalesce(e.tried_at, now()) from datasets d
     where e.dataset_id = d.dataset_id and e.model = $1 and e.workload = $2 and e.state = 'waiting' and coalesce(d.training, $4::jsonb) = $5::jsonb`,
    [target.model, target.workload, cycleId, JSON.stringify(configured), JSON.stringify(training)],
  );
  const datasets = await tx.query<{ dataset_id: string; opportunity_ids: string[]; failures_analyzed: number; strategy_ids: string[] }>(
    `select dataset_id, opportunity_ids, failures_analyzed, strategy_ids from datasets where dataset_id in (select dataset_id from examples where cycle_id = $1) order by added_at`,
    [cycleId],
  );
  const [count] = await tx.query<{ n: number }>(`select count(*)::int as n from examples where cycle_id = $1 and split = 'train'`, [cycleId]);
  return {
    datasetIds: datasets.map(({ dataset_id }) => dataset_id),
    opportunityIds: [...new Set(datasets.flatMap(({ opportunity_ids }) => opportunity_ids))],
    failuresAnalyzed: datasets.reduce((sum, { failures_analyzed }) => sum + failures_analyzed, 0),
    exampleCount: count?.n ?? 0,
    training,
    strategyIds: [...new Set(datasets.flatMap(({ strategy_ids }) => strategy_ids))].sort(),
  };
};

export const dataOfCycle = async (db: Queries, cycleId: string): Promise<Pick<ClaimedData, 'datasetIds' | 'opportunityIds'> & { train: Example[] }> => {
  const rows = await db.query<{ body: Example; dataset_id: string; split: string }>(`select body, dataset_id, split from examples where cycle_id = $1 order by example_id`, [cycleId]);
  const datasets = await db.query<{ opportunity_ids: string[] }>(`select opportunity_ids from datasets where dataset_id = any($1)`, [rows.map(({ dataset_id }) => dataset_id)]);
  return {
    train: rows.filter(({ split }) => split === 'train').map(({ body }) => body),
    datasetIds: [...new Set(rows.map(({ dataset_id }) => dataset_id))],
    opportunityIds: [...new Set(datasets.flatMap(({ opportunity_ids }) => opportunity_ids))],
  };
};

/** Examples of versions that were promoted, drawn by the cycle's id, so that a repeat draws the same. */
export const retainedExamples = async (db: Queries, { model, workload }: Target, { cycleId, count }: { cycleId: string; count: number }): Promise<Example[]> => {
  if (count === 0) return [];
  const rows = await db.query<{ body: Example }>(
    `select body from examples where model = $1 and workload = $2 and state = 'used' and split = 'train' order by md5(example_id || $3), example_id limit $4`,
    [model, workload, cycleId, count],
  );
  return rows.map(({ body }) => body);
};
