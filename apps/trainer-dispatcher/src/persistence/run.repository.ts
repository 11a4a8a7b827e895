import type { Target } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';
import type { Database, Transaction } from '@ratchet/persistence';
import type { RunHandle, RunMemory } from '../training/backends/trainer-backend.js';
import { findCycle } from './trainer.repository.js';
import type { CycleRow } from './trainer.repository.js';

type Queries = Pick<Database, 'query'>;

/** A cycle's training run. */
export interface RunRow extends CycleRow {
  readonly trainer: string | null;
  readonly memory: RunMemory;
  readonly runStartedAt: Date | null;
  readonly begun: boolean;
  readonly dataHash: string | null;
  readonly cancelledBy: string | null;
}

type RunColumns = Omit<RunRow, keyof CycleRow>;

const columns = `trainer, run_memory as memory, run_started_at as "runStartedAt", run_begun as begun, data_hash as "dataHash", cancelled_by as "cancelledBy"`;

/** Undefined where the cycle does not train any more. */
export const trainingRun = async (db: Queries, cycleId: string): Promise<RunRow | undefined> => {
  const [run] = await db.query<RunColumns>(`select ${columns} from cycles where cycle_id = $1 and state = 'training' and ended_at is null`, [cycleId]);
  const cycle = run && (await findCycle(db, cycleId));
  return cycle && { ...cycle, ...run };
};

/** For the transaction that ends it: of two that come, one finds it. */
export const lockTrainingRun = async (tx: Transaction, cycleId: string): Promise<boolean> =>
  (await tx.query(`select 1 from cycles where cycle_id = $1 and state = 'training' and ended_at is null for update`, [cycleId])).length > 0;

/** The first trainer that was chosen stays, whatever the configuration says later. */
export const chooseTrainer = async (db: Queries, cycleId: string, trainer: string): Promise<void> => {
  await db.query(`update cycles set trainer = coalesce(trainer, $2), run_started_at = coalesce(run_started_at, now()) where cycle_id = $1`, [cycleId, trainer]);
};

/** An empty text forgets. A provider's job is shown beside, where people look for it. */
export const rememberOfRun = async (db: Queries, cycleId: string, change: RunMemory): Promise<void> => {
  await db.query(`update cycles set run_memory = run_memory || $2::jsonb, provider_job = coalesce($3, provider_job) where cycle_id = $1`, [cycleId, JSON.stringify(change), change['job'] || null]);
};

export const runHandleOf = (db: Queries, { cycleId, providerJob, memory }: Pick<RunRow, 'cycleId' | 'providerJob' | 'memory'>): RunHandle => ({
  cycleId,
  // A cycle that began before runs had a memory has its provider's job alone.
  memory: providerJob ? { job: providerJob, ...memory } : memory,
  remember: (change) => rememberOfRun(db, cycleId, change),
});

export const markBegun = async (db: Queries, cycleId: string): Promise<void> => {
  await db.query('update cycles set run_begun = true where cycle_id = $1', [cycleId]);
};

export const rememberDataHash = async (db: Queries, cycleId: string, dataHash: string): Promise<void> => {
  await db.query('update cycles set data_hash = $2 where cycle_id = $1', [cycleId, dataHash]);
};

/** The run's seconds, and that it is over. */
export const endRun = async (tx: Transaction, cycleId: string, costUsd: number | undefined): Promise<number> => {
  const [row] = await tx.query<{ seconds: number }>(
    `update cycles set run_ended_at = now(), run_cost_usd = $2 where cycle_id = $1
     returning greatest(0, extract(epoch from now() - coalesce(run_started_at, started_at)))::float8 as seconds`,
    [cycleId, costUsd ?? null],
  );
  return row?.seconds ?? 0;
};

/** Marks the open training of a target; gives its cycle. */
export const orderCancellation = async (tx: Transaction, { model, workload }: Target, actor: string): Promise<string | undefined> => {
  const [row] = await tx.query<{ cycle_id: string }>(
    `update cycles set cancelled_by = coalesce(cancelled_by, $3) where model = $1 and workload = $2 and state = 'training' and ended_at is null returning cycle_id`,
    [model, workload, actor],
  );
  return row?.cycle_id;
};

/** Does the work where nobody else starts or ends this run just now; false where somebody does. */
export const withRunLock = (database: Database, cycleId: string, work: () => Promise<void>): Promise<boolean> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine', [`training-run-${cycleId}`]);
    if (!row?.mine) return false;
    await work();
    return true;
  });

export const keepLog = async (tx: Transaction, { cycleId, model, workload }: CycleRow, log: string): Promise<void> => {
  if (log === '') return;
  // Programs write what they like.
  await tx.query('insert into training_logs (cycle_id, model, workload, log) values ($1, $2, $3, $4) on conflict (cycle_id) do update set log = excluded.log', [cycleId, model, workload, storable(log)]);
};

export const forgetOldLogs = async (db: Queries, days: number): Promise<void> => {
  await db.query(`delete from training_logs where kept_at < now() - make_interval(days => $1)`, [days]);
};

/** Cycles that train, and whose job has used up its tries: nobody looks after them. */
export const forgottenRuns = async (database: Database, jobName: string): Promise<string[]> => {
  const rows = await database.query<{ cycle_id: string }>(
    `select c.cycle_id from cycles c where c.state = 'training' and c.ended_at is null
       and not exists (select 1 from ${database.schema}_jobs.jobs j where j.key = $1 || '-' || c.cycle_id and j.attempts < j.max_attempts)`,
    [jobName],
  );
  return rows.map(({ cycle_id }) => cycle_id);
};

export interface TrainingSpent {
  readonly seconds: number;
  readonly usd: number;
  readonly runs: number;
}

/** Of all runs of a target that began in the calendar month (UTC) of a moment; one that goes on counts up to now. */
export const spentOnTraining = async (db: Queries, { model, workload }: Target, at: Date): Promise<TrainingSpent> => {
  const [row] = await db.query<TrainingSpent>(
    `select coalesce(sum(extract(epoch from coalesce(run_ended_at, $3::timestamptz) - run_started_at)), 0)::float8 as seconds, coalesce(sum(run_cost_usd), 0)::float8 as usd, count(*)::int as runs
     from cycles where model = $1 and workload = $2 and run_started_at >= date_trunc('month', $3::timestamptz at time zone 'UTC') at time zone 'UTC'`,
    [model, workload, at.toISOString()],
  );
  return row ?? { seconds: 0, usd: 0, runs: 0 };
};

/** True where it was not known yet that the target waits. */
export const noteWait = async (tx: Transaction, { model, workload }: Target, month: string): Promise<boolean> =>
  (await tx.query(
    `insert into training_waits as w (model, workload, month) values ($1, $2, $3) on conflict (model, workload) do update set month = excluded.month where w.month <> excluded.month returning 1`,
    [model, workload, month],
  )).length > 0;

/** True where the target waited. */
export const clearWait = async (tx: Transaction, { model, workload }: Target): Promise<boolean> =>
  (await tx.query('delete from training_waits where model = $1 and workload = $2 returning 1', [model, workload])).length > 0;
