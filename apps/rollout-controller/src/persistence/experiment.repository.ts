import { targetKey, type VersionPublished } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { EXPERIMENT_FORMULA_VERSION, type ExperimentPolicy } from '../experiment/experiment-decision.js';
import { type ExperimentState, type ExperimentTransition, hasArms } from '../experiment/experiment-state.js';

export interface ExperimentRow {
  readonly state: ExperimentState;
  readonly policy: ExperimentPolicy;
}

/** False where this experiment is there already. */
export const insertExperiment = async (tx: Transaction, { state, policy }: ExperimentRow, at: number): Promise<boolean> => {
  const rows = await tx.query(
    `insert into experiments (experiment_id, target, treatment, status, has_arms, policy, state, initial_state, created_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $7::jsonb, $8) on conflict do nothing returning experiment_id`,
    [state.experimentId, targetKey(state.target), state.treatment, state.status, hasArms(state), JSON.stringify(policy), JSON.stringify(state), new Date(at)],
  );
  return rows.length > 0;
};

/** The experiments of a target that are not over, oldest first. The caller holds the target's lock. */
export const openExperiments = (tx: Transaction, target: string): Promise<ExperimentRow[]> =>
  tx.query<ExperimentRow>(`select state, policy from experiments where target = $1 and status in ('queued', 'running', 'held') order by queue_number for update`, [target]);

export const findExperiment = async (tx: Transaction, experimentId: string): Promise<ExperimentRow | undefined> =>
  (await tx.query<ExperimentRow>(`select state, policy from experiments where experiment_id = $1`, [experimentId]))[0];

/** Appends the row and moves the projection; a second writer of the same sequence fails on the primary key. */
export const appendExperimentTransition = async (tx: Transaction, state: ExperimentState, transition: ExperimentTransition): Promise<void> => {
  const { sequence, from, to, actor, reason, commandId, after, counts, at } = transition;
  await tx.query(
    `insert into experiment_transitions (experiment_id, sequence, from_state, to_state, actor, reason, command_id, after, counts, formula_version, happened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11)`,
    [state.experimentId, sequence, from, to, actor, reason, commandId ?? null, JSON.stringify(after), JSON.stringify(counts), EXPERIMENT_FORMULA_VERSION, new Date(at)],
  );
  await tx.query(`update experiments set state = $2::jsonb, status = $3, has_arms = $4 where experiment_id = $1`, [state.experimentId, JSON.stringify(state), state.status, hasArms(state)]);
};

export const experimentTransitionsOf = (tx: Pick<Transaction, 'query'>, experimentId: string): Promise<ExperimentTransition[]> =>
  tx.query<ExperimentTransition>(
    `select sequence, from_state as "from", to_state as "to", (extract(epoch from happened_at) * 1000)::float8 as at, actor, reason, command_id as "commandId", after, counts
     from experiment_transitions where experiment_id = $1 order by sequence`,
    [experimentId],
  );

export const storeVersion = async (tx: Transaction, version: Pick<VersionPublished, 'model' | 'workload' | 'versionId'>): Promise<void> => {
  await tx.query(`insert into known_versions (target, version) values ($1, $2) on conflict do nothing`, [targetKey(version), version.versionId]);
};

export const isVersionKnown = async (tx: Transaction, target: string, version: string): Promise<boolean> =>
  (await tx.query(`select 1 from known_versions where target = $1 and version = $2`, [target, version])).length > 0;

/** Datasets and opportunities that a version was made from, where it was a candidate. */
export const originOf = async (tx: Transaction, target: string, version: string): Promise<{ datasetIds: string[]; opportunityIds: string[] }> =>
  (
    await tx.query<{ datasetIds: string[]; opportunityIds: string[] }>(`select dataset_ids as "datasetIds", opportunity_ids as "opportunityIds" from candidates where target = $1 and version = $2 limit 1`, [target, version])
  )[0] ?? { datasetIds: [], opportunityIds: [] };
