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
