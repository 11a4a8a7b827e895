import { type Arm, emptyHistogram, mergeHistograms, targetKey, type VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { type ArmTally, emptyTally, type Evidence, type StageTally } from '../rollout/evidence.js';
import { type ReferenceRates, referencesOf } from '../rollout/rollout-policy.js';
import type { RolloutRow } from './rollout.repository.js';

interface Place {
  readonly rolloutId: string;
  readonly stage: number;
  readonly arm: Arm;
}

const addTally = async (tx: Transaction, { rolloutId, stage, arm }: Place, delta: ArmTally): Promise<void> => {
  const key = [rolloutId, stage, arm];
  const [known] = await tx.query<{ latencyMs: ArmTally['latencyMs'] }>(`select latency_ms as "latencyMs" from arm_tallies where rollout_id = $1 and stage = $2 and arm = $3 for update`, key);
  const latencyMs = mergeHistograms(known?.latencyMs ?? emptyHistogram(), delta.latencyMs);
  await tx.query(
    `insert into arm_tallies as t (rollout_id, stage, arm, units, failed_units, requests, errors, outcomes, failures, unsafe, latency_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
     on conflict (rollout_id, stage, arm) do update set units = t.units + excluded.units, failed_units = t.failed_units + excluded.failed_units,
       requests = t.requests + excluded.requests, errors = t.errors + excluded.errors, outcomes = t.outcomes + excluded.outcomes,
       failures = t.failures + excluded.failures, unsafe = t.unsafe + excluded.unsafe, latency_ms = excluded.latency_ms`,
    [...key, delta.units, delta.failedUnits, delta.requests, delta.errors, delta.outcomes, delta.failures, delta.unsafe, JSON.stringify(latencyMs)],
  );
};

/** Adds what was counted to its rollout, stage and arm. The caller holds the target's lock. */
export const addVitals = async (tx: Transaction, { state, policy }: RolloutRow, vitals: VitalsCounted, at: number): Promise<void> => {
  const place: Place = { rolloutId: state.rolloutId, stage: vitals.stage ?? 0, arm: vitals.arm };
  const { count, failed } = vitals.units;
  const delayed = policy.labelDelayMs > 0 && count > 0;
  await addTally(tx, place, {
    units: delayed ? 0 : count,
    failedUnits: delayed ? 0 : failed,
    requests: vitals.requests,
    errors: Math.min(vitals.requests, vitals.errors + vitals.fellBack),
    outcomes: vitals.outcomes,
    failures: vitals.failures,
    unsafe: vitals.unsafe,
    latencyMs: vitals.latencyMs,
  });
  if (delayed) {
    await tx.query(`insert into pending_units (vitals_id, rollout_id, stage, arm, units, failed_units, matures_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, [
      vitals.vitalsId, place.rolloutId, place.stage, place.arm, count, failed, new Date(at + policy.labelDelayMs),
    ]);
  }
  if (vitals.arm === 'candidate' && vitals.requests + count > 0) await tx.query(`update rollouts set last_candidate_data_at = $2 where rollout_id = $1`, [place.rolloutId, new Date(at)]);
};

/** Counts the settled conversations whose label delay is over. */
export const matureUnits = async (tx: Transaction, rolloutId: string, at: number): Promise<void> => {
  const due = await tx.query<{ stage: number; arm: Arm; units: number; failedUnits: number }>(
    `delete from pending_units where rollout_id = $1 and matures_at <= $2 returning stage, arm, units, failed_units as "failedUnits"`,
    [rolloutId, new Date(at)],
  );
  for (const { stage, arm, units, failedUnits } of due) await addTally(tx, { rolloutId, stage, arm }, { ...emptyTally(), units, failedUnits });
};

/** An answer counts as unsafe once, however many signals and evaluations say so. */
export const noteUnsafe = async (tx: Transaction, { rolloutId, stage, arm, interactionId }: Place & { interactionId: string }): Promise<boolean> =>
  (await tx.query(`insert into unsafe_answers (rollout_id, interaction_id, stage, arm) values ($1, $2, $3, $4) on conflict do nothing returning interaction_id`, [rolloutId, interactionId, stage, arm])).length > 0;

export const loadEvidence = async (tx: Transaction, { state, lastCandidateDataAt }: RolloutRow): Promise<Evidence> => {
  const tallies = await tx.query<ArmTally & { stage: number; arm: Arm }>(
    `select stage, arm, units, failed_units as "failedUnits", requests, errors, outcomes, failures, unsafe, latency_ms as "latencyMs" from arm_tallies where rollout_id = $1 order by stage`,
    [state.rolloutId],
  );
  const noted = await tx.query<{ stage: number; arm: Arm; count: number }>(`select stage, arm, count(*)::int as count from unsafe_answers where rollout_id = $1 group by stage, arm`, [state.rolloutId]);
  const stages = new Map<number, StageTally>();
  const at = (stage: number): StageTally => stages.get(stage) ?? { stage, candidate: emptyTally(), control: emptyTally(), rest: emptyTally() };
  for (const { stage, arm, ...tally } of tallies) stages.set(stage, { ...at(stage), [arm]: tally });
  for (const { stage, arm, count } of noted) {
    const tally = at(stage);
    // The detector counts an unsafe answer and signals it, too: the larger number holds them all.
    stages.set(stage, { ...tally, [arm]: { ...tally[arm], unsafe: Math.max(tally[arm].unsafe, count) } });
  }
  return { stages: [...stages.values()].sort((a, b) => a.stage - b.stage), lastCandidateDataAt };
};

/** What the version does when it serves as the champion: the reference of later rollouts. */
export const addBaseline = async (tx: Transaction, vitals: VitalsCounted): Promise<void> => {
  if (vitals.units.count === 0) return;
  await tx.query(
    `insert into baseline_tallies as b (target, version, units, failed_units) values ($1, $2, $3, $4)
     on conflict (target, version) do update set units = b.units + excluded.units, failed_units = b.failed_units + excluded.failed_units`,
    [targetKey(vitals), vitals.version, vitals.units.count, vitals.units.failed],
  );
};

export const referencesFor = async (tx: Transaction, target: string, version: string): Promise<ReferenceRates> => {
  const [row] = await tx.query<{ units: number; failedUnits: number }>(
    `select units::float8 as units, failed_units::float8 as "failedUnits" from baseline_tallies where target = $1 and version = $2`,
    [target, version],
  );
  return referencesOf(row ?? { units: 0, failedUnits: 0 });
};
