import { targetKey } from '@ratchet/domain';
import { RatchetError } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import type { RolloutPolicy } from '../rollout/rollout-policy.js';
import { hasTraffic, type RolloutState, type Transition } from '../rollout/rollout-state.js';

export interface RolloutRow {
  readonly state: RolloutState;
  readonly policy: RolloutPolicy;
  /** Epoch milliseconds. */
  readonly lastCandidateDataAt: number | null;
  readonly lastDataAt?: number | null;
}

const columns = `state, policy, (extract(epoch from last_candidate_data_at) * 1000)::float8 as "lastCandidateDataAt", (extract(epoch from last_data_at) * 1000)::float8 as "lastDataAt"`;
const open = `status in ('DRAFT', 'AWAITING_APPROVAL', 'RUNNING', 'HOLDING', 'PAUSED')`;

/** False where this candidate of this cycle has its rollout already. */
export const insertRollout = async (tx: Transaction, state: RolloutState, policy: RolloutPolicy): Promise<boolean> => {
  const { rolloutId, target, cycleId, version, baseVersion, status, stage, statusSince } = state;
  const rows = await tx.query(
    `insert into rollouts (rollout_id, target, model, workload, cycle_id, version, base_version, status, stage, has_traffic, policy, state, initial_state, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb, $12::jsonb, $13) on conflict do nothing returning rollout_id`,
    [rolloutId, targetKey(target), target.model, target.workload, cycleId, version, baseVersion, status, stage, hasTraffic(state), JSON.stringify(policy), JSON.stringify(state), new Date(statusSince)],
  );
  return rows.length > 0;
};

/** The open rollouts of a target, oldest first. The caller holds the target's lock. */
export const openRollouts = (tx: Transaction, target: string): Promise<RolloutRow[]> =>
  tx.query<RolloutRow>(`select ${columns} from rollouts where target = $1 and ${open} order by queue_number for update`, [target]);

export const findRollout = async (tx: Transaction, rolloutId: string): Promise<RolloutRow | undefined> =>
  (await tx.query<RolloutRow>(`select ${columns} from rollouts where rollout_id = $1`, [rolloutId]))[0];

/** The rollout that made a version the champion. */
export const findPromotion = async (tx: Transaction, target: string, version: string): Promise<RolloutRow | undefined> =>
  (await tx.query<RolloutRow>(`select ${columns} from rollouts where target = $1 and version = $2 and status = 'PROMOTED' order by queue_number desc limit 1`, [target, version]))[0];

/**
 * Moves the projection and appends the row. The sequence that was read is the fence, and the primary key a second one.
 *
 * @throws {RatchetError} `rollout_moved_meanwhile`, retryable: somebody else has written the row that should be next
 */
export const appendTransition = async (tx: Transaction, state: RolloutState, transition: Transition): Promise<void> => {
  const { sequence, from, to, actor, reason, metric, commandId, after, evidence, stages, at } = transition;
  const moved = await tx.query(
    `update rollouts set state = $2::jsonb, status = $3, stage = $4, has_traffic = $5 where rollout_id = $1 and (state->>'sequence')::int = $6 returning rollout_id`,
    [state.rolloutId, JSON.stringify(state), state.status, state.stage, hasTraffic(state), sequence - 1],
  );
  if (moved.length === 0) throw new RatchetError({ code: 'rollout_moved_meanwhile', message: `rollout ${state.rolloutId} is not at row ${sequence - 1} any more`, retryable: true });
  await tx.query(
    `insert into rollout_transitions (rollout_id, sequence, from_state, to_state, actor, reason, metric, command_id, after, evidence, stages, formula_version, happened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11::jsonb, $12, $13)`,
    [state.rolloutId, sequence, from, to, actor, reason, metric ?? null, commandId ?? null, JSON.stringify(after), JSON.stringify(evidence), JSON.stringify(stages), evidence.formulaVersion, new Date(at)],
  );
};

export const transitionsOf = (tx: Pick<Transaction, 'query'>, rolloutId: string): Promise<Transition[]> =>
  tx.query<Transition>(
    `select sequence, from_state as "from", to_state as "to", (extract(epoch from happened_at) * 1000)::float8 as at, actor, reason, metric, command_id as "commandId", after, evidence, stages
     from rollout_transitions where rollout_id = $1 order by sequence`,
    [rolloutId],
  );

export interface CandidateRow {
  readonly datasetIds: string[];
  readonly opportunityIds: string[];
  /** Absent for candidates that were registered before it was kept. */
  readonly trainingRunId?: string;
}

export const storeCandidate = async (tx: Transaction, target: string, { version, cycleId, datasetIds, opportunityIds, trainingRunId }: CandidateRow & { version: string; cycleId: string }): Promise<void> => {
  await tx.query(`insert into candidates (target, version, cycle_id, dataset_ids, opportunity_ids, training_run_id) values ($1, $2, $3, $4::jsonb, $5::jsonb, $6) on conflict do nothing`, [
    target,
    version,
    cycleId,
    JSON.stringify(datasetIds),
    JSON.stringify(opportunityIds),
    trainingRunId ?? null,
  ]);
};

export const findCandidate = async (tx: Transaction, { target, version, cycleId }: Pick<RolloutState, 'target' | 'version' | 'cycleId'>): Promise<CandidateRow | undefined> => {
  const [row] = await tx.query<CandidateRow & { trainingRunId: string | null }>(
    `select dataset_ids as "datasetIds", opportunity_ids as "opportunityIds", training_run_id as "trainingRunId" from candidates where target = $1 and version = $2 and cycle_id = $3`,
    [targetKey(target), version, cycleId],
  );
  if (!row) return undefined;
  const { trainingRunId, ...candidate } = row;
  return { ...candidate, ...(trainingRunId !== null && { trainingRunId }) };
};

/** False where a command of this id was handled before. */
export const handleCommandOnce = async (tx: Transaction, { commandId, name }: { commandId: string; name: string }, at: number): Promise<boolean> =>
  (await tx.query(`insert into handled_commands (command_id, name, handled_at) values ($1, $2, $3) on conflict do nothing returning command_id`, [commandId, name, new Date(at)])).length > 0;
