import { storable } from '@ratchet/persistence';
import type { ExperimentStep, ExperimentSummary } from '@ratchet/console-api';
import type { ExperimentConcluded, ExperimentUpdated, Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { type Asked, pageOf } from './keyset.js';

type Queries = Pick<Database, 'query'>;
type Body = Omit<ExperimentUpdated, 'experimentId' | 'sequence' | 'updatedAt'>;

const isOpen = ({ status }: Pick<ExperimentUpdated, 'status'>): boolean => status !== 'concluded' && status !== 'cancelled';

/** Steps may come in any order: the one with the highest sequence says where the experiment stands, the earliest when it began. */
export const storeExperimentStep = async (tx: Transaction, update: ExperimentUpdated): Promise<void> => {
  const { experimentId, sequence, updatedAt, ...body } = storable(update);
  const { model, workload, commandId } = body;
  const text = JSON.stringify(body);
  await tx.query(`insert into experiment_steps (experiment_id, sequence, body, command_id, happened_at) values ($1, $2, $3::jsonb, $4, $5) on conflict do nothing`, [experimentId, sequence, text, commandId ?? null, new Date(updatedAt)]);
  await tx.query(
    `insert into experiments as e (experiment_id, model, workload, is_open, sequence, body, started_at, changed_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7, $7)
     on conflict (experiment_id) do update set started_at = least(e.started_at, excluded.started_at),
       is_open = case when excluded.sequence > e.sequence then excluded.is_open else e.is_open end,
       body = case when excluded.sequence > e.sequence then excluded.body else e.body end,
       changed_at = case when excluded.sequence > e.sequence then excluded.changed_at else e.changed_at end,
       sequence = greatest(e.sequence, excluded.sequence)`,
    [experimentId, model, workload, isOpen(body), sequence, text, new Date(updatedAt)],
  );
};

interface ExperimentRow extends Target {
  readonly experimentId: string;
  readonly isOpen: boolean;
  readonly body: Body;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly verdict: ExperimentConcluded['verdict'] | null;
}

const columns = `e.experiment_id as "experimentId", e.model, e.workload, e.is_open as "isOpen", e.body, e.started_at as "startedAt", e.changed_at as "changedAt", c.body->>'verdict' as verdict`;
const tables = 'experiments e left join conclusions c on c.run_id = e.experiment_id';

const summaryOf = ({ body, startedAt, changedAt, ...row }: ExperimentRow): ExperimentSummary => {
  const { control, treatment, status, plan, share, controlShare, alpha, margin, onWin, looks, reason } = body;
  return { ...row, control, treatment, status, plan, share, controlShare, alpha, margin, onWin: onWin ?? null, looks, reason, startedAt: startedAt.toISOString(), changedAt: changedAt.toISOString() };
};

/** The newest first. */
export const listExperiments = async (db: Queries, asked: Asked): Promise<{ items: ExperimentSummary[]; next: string | null }> => {
  const { where, values, limit } = pageOf(asked, { id: 'experiment_id', at: 'started_at' });
  const rows = await db.query<ExperimentRow>(`select ${columns} from ${tables} ${where.replaceAll('model =', 'e.model =').replaceAll('workload =', 'e.workload =')} order by started_at desc, experiment_id desc limit ${limit + 1}`, values);
  return { items: rows.slice(0, limit).map(summaryOf), next: asked.nextAfter(rows, ({ startedAt, experimentId }) => ({ at: startedAt, id: experimentId })) };
};

export const findExperiment = async (db: Queries, experimentId: string): Promise<ExperimentSummary | undefined> => {
  const [row] = await db.query<ExperimentRow>(`select ${columns} from ${tables} where e.experiment_id = $1`, [experimentId]);
  return row && summaryOf(row);
};

/** The newest `limit`, oldest first. */
export const experimentStepsOf = async (db: Queries, experimentId: string, limit: number): Promise<ExperimentStep[]> => {
  const rows = await db.query<{ sequence: number; body: Body; at: Date }>(`select sequence, body, happened_at as at from experiment_steps where experiment_id = $1 order by sequence desc limit $2`, [experimentId, limit]);
  return rows.reverse().map(({ sequence, body: { status, looks, actor, reason, commandId, reading }, at }) => ({
    sequence, status, looks, actor, reason, commandId: commandId ?? null, reading: reading ?? null, at: at.toISOString(),
  }));
};
