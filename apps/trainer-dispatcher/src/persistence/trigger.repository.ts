import type { Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

export interface TrainingHistory {
  readonly held: boolean;
  /** End of the last cycle that trained. */
  readonly lastEndedAt: Date | undefined;
  /** Trainings after the last promoted one that came to nothing. */
  readonly failedInRow: number;
}

/** Of cycles that trained; one of a fix that is no training says nothing of the data. */
export const trainingHistory = async (db: Queries, { model, workload }: Target): Promise<TrainingHistory> => {
  const [row] = await db.query<{ held: boolean; ended: Date | null; failed: number }>(
    `with trained as (select state, ended_at from cycles where model = $1 and workload = $2 and training_config is not null and ended_at is not null)
     select coalesce((select held_since is not null from targets where model = $1 and workload = $2), false) as held, (select max(ended_at) from trained) as ended,
            (select count(*)::int from trained where state in ('rejected', 'failed', 'rolled_back', 'insufficient')
              and ended_at > coalesce((select max(ended_at) from trained where state = 'promoted'), '-infinity')) as failed`,
    [model, workload],
  );
  return { held: row?.held ?? false, lastEndedAt: row?.ended ?? undefined, failedInRow: row?.failed ?? 0 };
};

export const holdTarget = async (tx: Transaction, { model, workload }: Target, isHeld: boolean): Promise<void> => {
  await tx.query(`update targets set held_since = case when $3 then coalesce(held_since, now()) end where model = $1 and workload = $2`, [model, workload, isHeld]);
};
