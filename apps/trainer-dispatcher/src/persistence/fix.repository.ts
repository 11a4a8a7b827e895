import type { DatasetVersioned, FixProposed, Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

export const storeFix = async (tx: Transaction, fix: FixProposed): Promise<void> => {
  await tx.query(`insert into fixes (fix_id, model, workload, opportunity_id, body, proposed_at) values ($1, $2, $3, $4, $5::jsonb, $6) on conflict do nothing`, [
    fix.fixId,
    fix.model,
    fix.workload,
    fix.opportunityId,
    JSON.stringify(fix),
    fix.proposedAt,
  ]);
};

/** Its examples go: they judge candidates, and the evaluator has them. */
export const storeJudgingDataset = async (tx: Transaction, { datasetId, failuresAnalyzed, testCount }: DatasetVersioned): Promise<void> => {
  await tx.query(`insert into judging_datasets (dataset_id, failures_analyzed, test_count) values ($1, $2, $3) on conflict do nothing`, [datasetId, failuresAnalyzed, testCount]);
  await tx.query(`delete from examples where dataset_id = $1`, [datasetId]);
};

export const judgingDatasetOf = async (db: Queries, datasetId: string | undefined): Promise<{ failuresAnalyzed: number; testCount: number }> => {
  const [row] = await db.query<{ failures_analyzed: number; test_count: number }>(`select failures_analyzed, test_count from judging_datasets where dataset_id = $1`, [datasetId ?? '']);
  return { failuresAnalyzed: row?.failures_analyzed ?? 0, testCount: row?.test_count ?? 0 };
};

/** A problem that is gone needs no fix; one that is being tried takes its way through the gates. */
export const dropWaitingFixes = async (tx: Transaction, opportunityId: string): Promise<void> => {
  await tx.query(`update fixes set state = 'dropped' where opportunity_id = $1 and state = 'waiting'`, [opportunityId]);
};

/** What became of the cycles: a fix that was overtaken waits again, every other end is remembered. */
export const settleFixes = async (db: Queries): Promise<void> => {
  await db.query(
    `update fixes f set state = case c.state when 'superseded' then 'waiting' else c.state end
     from cycles c where c.cycle_id = f.cycle_id and c.ended_at is not null and f.state in ('trying', 'insufficient', 'promoted') and f.state <> c.state`,
  );
};

/** Targets with a champion, without an open cycle, and with a fix that waits, which no person holds. */
export const targetsWithWaitingFixes = async (db: Queries): Promise<Target[]> =>
  db.query<Target & Record<string, unknown>>(
    `select distinct f.model, f.workload from fixes f join targets t using (model, workload)
     where f.state = 'waiting' and t.held_since is null and not exists (select 1 from cycles c where c.model = f.model and c.workload = f.workload and c.ended_at is null)`,
  );

/** The one that has waited longest. */
export const nextFix = async (tx: Transaction, { model, workload }: Target): Promise<FixProposed | undefined> =>
  (await tx.query<{ body: FixProposed }>(`select body from fixes where model = $1 and workload = $2 and state = 'waiting' order by proposed_at, fix_id limit 1 for update`, [model, workload]))[0]?.body;

export const hasOpenCycle = async (tx: Transaction, { model, workload }: Target): Promise<boolean> =>
  (await tx.query(`select 1 from cycles where model = $1 and workload = $2 and ended_at is null`, [model, workload])).length > 0;

/**
 * Opens a cycle that trains nothing. The time of the last training stays as it was: examples that wait are no older for a fix that came before them.
 */
export const insertFixCycle = async (
  tx: Transaction,
  cycle: Target & { fixId: string; cycleId: string; trigger: string; reason: string; baseVersion: string; version: string | null; trainingRunId: string },
): Promise<void> => {
  await tx.query(
    `insert into cycles (cycle_id, model, workload, state, trigger, trigger_reason, base_version, version, training_run_id) values ($1, $2, $3, 'judging', $4, $5, $6, $7, $8)`,
    [cycle.cycleId, cycle.model, cycle.workload, cycle.trigger, cycle.reason, cycle.baseVersion, cycle.version, cycle.trainingRunId],
  );
  await tx.query(`update fixes set state = 'trying', cycle_id = $2 where fix_id = $1`, [cycle.fixId, cycle.cycleId]);
};
