import { storable } from '@ratchet/persistence';
import type { Order, RolloutSummary, RolloutTransition } from '@ratchet/console-api';
import type { EvidenceRecord, ExperimentConcluded, RolloutTerms, Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { followRollout, isOver, type RolloutMove, type RolloutStanding } from './follow-rollout.js';
import { type Asked, pageOf, type Place } from './keyset.js';

type Queries = Pick<Database, 'query'>;

interface RolloutEvent extends Target {
  /** Of the event, so that a repeat stores nothing. */
  readonly transitionId: string;
  readonly rolloutId: string;
  readonly cycleId: string;
  readonly version: string;
  readonly previousVersion: string;
  readonly from: string | null;
  readonly metric: string | null;
  readonly commandId: string | null;
  readonly evidence: EvidenceRecord;
  readonly move: RolloutMove;
}

const standing = `state, stage, share, sequence, needs_person as "needsPerson", actor, reason, terms, started_at as "startedAt", changed_at as "changedAt", reverted_at as "revertedAt"`;

export const storeTransition = async (tx: Transaction, event: RolloutEvent): Promise<void> => {
  const { transitionId, from, metric, commandId, evidence, rolloutId, cycleId, model, workload, version, previousVersion, move } = storable({ ...event, move: { ...event.move, at: event.move.at.toISOString() } });
  const added = await tx.query(
    `insert into rollout_transitions (transition_id, rollout_id, kind, sequence, from_state, to_state, stage, share, actor, reason, metric, command_id, evidence, happened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14) on conflict do nothing returning transition_id`,
    [transitionId, rolloutId, move.kind, move.sequence, from, move.state, move.stage, move.share, move.actor, move.reason, metric, commandId, JSON.stringify(evidence), move.at],
  );
  if (added.length === 0) return;
  // The row may not be there yet, so it cannot be locked itself.
  await tx.query(`select pg_advisory_xact_lock(hashtext('rollout'), hashtext($1))`, [rolloutId]);
  const [known] = await tx.query<RolloutStanding>(`select ${standing} from rollouts where rollout_id = $1`, [rolloutId]);
  const after = followRollout(known, { ...move, at: event.move.at });
  await tx.query(
    `insert into rollouts (rollout_id, cycle_id, model, workload, version, base_version, state, is_open, stage, share, sequence, actor, reason, terms, started_at, changed_at, reverted_at, needs_person)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::jsonb, $15, $16, $17, $18)
     on conflict (rollout_id) do update set state = excluded.state, is_open = excluded.is_open, stage = excluded.stage, share = excluded.share, sequence = excluded.sequence, actor = excluded.actor,
       reason = excluded.reason, terms = excluded.terms, started_at = excluded.started_at, changed_at = excluded.changed_at, reverted_at = excluded.reverted_at, needs_person = excluded.needs_person`,
    [
      rolloutId, cycleId, model, workload, version, previousVersion, after.state, !isOver(after.state), after.stage, after.share, after.sequence, after.actor, after.reason,
      after.terms && JSON.stringify(after.terms), after.startedAt, after.changedAt, after.revertedAt, after.needsPerson,
    ],
  );
};

interface RolloutRow extends RolloutStanding, Target {
  readonly rolloutId: string;
  readonly cycleId: string;
  readonly version: string;
  readonly baseVersion: string;
  readonly isOpen: boolean;
  readonly terms: RolloutTerms | null;
}

const columns = `rollout_id as "rolloutId", cycle_id as "cycleId", model, workload, version, base_version as "baseVersion", is_open as "isOpen", ${standing}`;

const summaryOf = ({ startedAt, changedAt, revertedAt, ...row }: RolloutRow): RolloutSummary => ({
  ...row, startedAt: startedAt.toISOString(), changedAt: changedAt.toISOString(), revertedAt: revertedAt?.toISOString() ?? null,
});

/** The newest first. */
export const listRollouts = async (db: Queries, asked: Asked): Promise<{ items: RolloutSummary[]; next: string | null }> => {
  const { where, values, limit } = pageOf(asked, { id: 'rollout_id', at: 'started_at' });
  const rows = await db.query<RolloutRow>(`select ${columns} from rollouts ${where} order by started_at desc, rollout_id desc limit ${limit + 1}`, values);
  const place = ({ startedAt, rolloutId }: RolloutRow): Place => ({ at: startedAt, id: rolloutId });
  return { items: rows.slice(0, limit).map(summaryOf), next: asked.nextAfter(rows, place) };
};

export const findRollout = async (db: Queries, rolloutId: string): Promise<RolloutSummary | undefined> => {
  const [row] = await db.query<RolloutRow>(`select ${columns} from rollouts where rollout_id = $1`, [rolloutId]);
  return row && summaryOf(row);
};

type TransitionRow = Omit<RolloutTransition, 'at'> & { readonly at: Date };

const transitionColumns = `transition_id as "transitionId", kind, sequence, from_state as "from", to_state as "to", stage, share, actor, reason, metric, command_id as "commandId", happened_at as at`;
const shown = <Row extends { readonly at: Date }>({ at, ...row }: Row): Omit<Row, 'at'> & { at: string } => ({ ...row, at: at.toISOString() });

/** The newest `limit`, oldest first. */
export const transitionsOf = async (db: Queries, rolloutId: string, limit: number): Promise<RolloutTransition[]> => {
  const rows = await db.query<TransitionRow>(`select ${transitionColumns} from rollout_transitions where rollout_id = $1 order by happened_at desc, sequence desc nulls first limit $2`, [rolloutId, limit]);
  return rows.reverse().map(shown);
};

export const findTransition = async (db: Queries, { rolloutId, transitionId }: { rolloutId: string; transitionId: string }): Promise<(RolloutTransition & { evidence: EvidenceRecord }) | undefined> => {
  const [row] = await db.query<TransitionRow & { evidence: EvidenceRecord }>(`select ${transitionColumns}, evidence from rollout_transitions where transition_id = $1 and rollout_id = $2`, [transitionId, rolloutId]);
  return row && shown(row);
};

export const storeConclusion = async (tx: Transaction, concluded: ExperimentConcluded): Promise<void> => {
  const { experimentId, ...body } = storable(concluded);
  await tx.query(`insert into conclusions (run_id, body) values ($1, $2::jsonb) on conflict do nothing`, [experimentId, JSON.stringify(body)]);
};

export const findConclusion = async (db: Queries, runId: string): Promise<Omit<ExperimentConcluded, 'experimentId'> | undefined> =>
  (await db.query<{ body: Omit<ExperimentConcluded, 'experimentId'> }>('select body from conclusions where run_id = $1', [runId]))[0]?.body;

interface Span extends Target {
  readonly from: string;
  /** Now, where it is open. */
  readonly to: string;
}

const ORDERS_MAX = 200;

/** What people ordered on a target in a time, oldest first. */
export const ordersDuring = async (db: Queries, { model, workload, from, to }: Span): Promise<Order[]> => {
  const rows = await db.query<Omit<Order, 'at'> & { at: Date }>(
    `select o.command_id as "commandId", o.name, o.actor, o.reason, o.issued_at as at, r.message as refusal from orders o left join order_refusals r using (command_id)
     where model = $1 and workload = $2 and issued_at between $3::timestamptz and $4::timestamptz order by issued_at desc limit ${ORDERS_MAX}`,
    [model, workload, from, to],
  );
  return rows.reverse().map(shown);
};
