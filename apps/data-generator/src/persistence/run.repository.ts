import type { Target } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import type { Queryable } from './queryable.js';

/** The target's run: one that a crash interrupted goes on, and with it its budget. */
export const beginRun = async (db: Queryable, { model, workload }: Target): Promise<string> => {
  await db.query('insert into generation_runs (run_id, model, workload) values ($1, $2, $3) on conflict do nothing', [newEventId(), model, workload]);
  const [run] = await db.query<{ run_id: string }>('select run_id from generation_runs where model = $1 and workload = $2 and ended_at is null', [model, workload]);
  if (!run) throw new Error('the run that was begun is not there');
  return run.run_id;
};

export const endRun = async (db: Queryable, runId: string): Promise<void> => {
  await db.query('update generation_runs set ended_at = now() where run_id = $1', [runId]);
};

const RUNS_KEPT_DAYS = 90;
/** A year of months to compare, and the one that goes on. */
const SPENDING_KEPT_DAYS = 400;

export const pruneRuns = async (db: Queryable): Promise<void> => {
  await db.query('delete from generation_runs where ended_at < now() - make_interval(days => $1::int)', [RUNS_KEPT_DAYS]);
  await db.query('delete from spending where reserved_at < now() - make_interval(days => $1::int)', [SPENDING_KEPT_DAYS]);
};
