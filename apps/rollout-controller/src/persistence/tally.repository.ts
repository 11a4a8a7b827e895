import { type Arm, mergeHistograms, targetKey, type VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { UnitSums } from '@ratchet/stats';
import { addQuality, type ArmTally, emptyTally, type Evidence, type StageTally } from '../rollout/evidence.js';
import { largestSquares } from '../rollout/histogram-squares.js';
import { type ReferenceRates, referencesOf } from '../rollout/rollout-policy.js';
import { hasTraffic } from '../rollout/rollout-state.js';
import { offsetsOf } from './evidence-offset.repository.js';
import type { RolloutRow } from './rollout.repository.js';
import { addUserUnits, matureUserUnits, usersOf } from './user-units.repository.js';

interface Place {
  readonly rolloutId: string;
  readonly stage: number;
  readonly arm: Arm;
}

type Bundles = Pick<ArmTally, 'latencyMs' | 'quality'>;
const bundleColumns = `latency_ms as "latencyMs", quality`;

/** Adds to a tally. What is no number is merged here, which the target's lock makes safe: the caller holds it. */
const addTally = async (tx: Transaction, { rolloutId, stage, arm }: Place, delta: ArmTally): Promise<void> => {
  const key = [rolloutId, stage, arm];
  const [known = emptyTally()] = await tx.query<Bundles>(`select ${bundleColumns} from arm_tallies where rollout_id = $1 and stage = $2 and arm = $3 for update`, key);
  const bundles = [mergeHistograms(known.latencyMs, delta.latencyMs), addQuality(known.quality, delta.quality)];
  await tx.query(
    `insert into arm_tallies as t (rollout_id, stage, arm, units, failed_units, requests, errors, outcomes, failures, unsafe, unit_requests, unit_requests_squared, cost_count, cost_sum, cost_squares, latency_ms, quality)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17::jsonb)
     on conflict (rollout_id, stage, arm) do update set units = t.units + excluded.units, failed_units = t.failed_units + excluded.failed_units,
       requests = t.requests + excluded.requests, errors = t.errors + excluded.errors, outcomes = t.outcomes + excluded.outcomes,
       failures = t.failures + excluded.failures, unsafe = t.unsafe + excluded.unsafe, unit_requests = t.unit_requests + excluded.unit_requests,
       unit_requests_squared = t.unit_requests_squared + excluded.unit_requests_squared, cost_count = t.cost_count + excluded.cost_count,
       cost_sum = t.cost_sum + excluded.cost_sum, cost_squares = t.cost_squares + excluded.cost_squares, latency_ms = excluded.latency_ms, quality = excluded.quality`,
    [...key, delta.units, delta.failedUnits, delta.requests, delta.errors, delta.outcomes, delta.failures, delta.unsafe, delta.unitRequests, delta.unitRequestsSquared, delta.costCount, delta.costSum, delta.costSquares,
      ...bundles.map((bundle) => JSON.stringify(bundle))],
  );
};

/** Adds what was counted to its rollout, stage and arm. The caller holds the target's lock. */
export const addVitals = async (tx: Transaction, { state, policy }: RolloutRow, vitals: VitalsCounted, at: number): Promise<void> => {
  const place: Place = { rolloutId: state.rolloutId, stage: vitals.stage ?? 0, arm: vitals.arm };
  const { count, failed, sumN, sumNN } = vitals.units;
  const delayed = policy.labelDelayMs > 0 && count > 0;
  await addTally(tx, place, {
    ...emptyTally(),
    units: delayed ? 0 : count,
    failedUnits: delayed ? 0 : failed,
    requests: vitals.requests,
    errors: Math.min(vitals.requests, vitals.errors + vitals.fellBack),
    outcomes: vitals.outcomes,
    failures: vitals.failures,
    unsafe: vitals.unsafe,
    latencyMs: vitals.latencyMs,
    costCount: vitals.costUsd.count,
    costSum: vitals.costUsd.sum,
    costSquares: vitals.costUsdSquares ?? largestSquares(vitals.costUsd),
    unitRequests: sumN,
    unitRequestsSquared: sumNN,
  });
  if (delayed) {
    await tx.query(`insert into pending_units (vitals_id, rollout_id, stage, arm, units, failed_units, matures_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, [
      vitals.vitalsId, place.rolloutId, place.stage, place.arm, count, failed, new Date(at + policy.labelDelayMs),
    ]);
  }
  if (hasTraffic(state)) await addUserUnits(tx, vitals, { labelDelayMs: policy.labelDelayMs, at });
  if (vitals.requests + count > 0) await noteData(tx, place, at);
};

/** Remembers when data came. Everybody's is remembered to the second: of a busy target it comes hundreds of times in one. */
const noteData = async (tx: Transaction, { rolloutId, arm }: Place, at: number): Promise<void> => {
  const [ours, now] = [arm === 'candidate', new Date(at)];
  await tx.query(
    `update rollouts set last_data_at = $2::timestamptz, last_candidate_data_at = case when $3::boolean then $2::timestamptz else last_candidate_data_at end
     where rollout_id = $1 and ($3::boolean or last_data_at is null or last_data_at < $2::timestamptz - interval '1 second')`,
    [rolloutId, now, ours],
  );
};

/** Counts the settled conversations whose label delay is over. */
export const matureUnits = async (tx: Transaction, rolloutId: string, at: number): Promise<void> => {
  const due = await tx.query<{ stage: number; arm: Arm; units: number; failedUnits: number }>(
    `delete from pending_units where rollout_id = $1 and matures_at <= $2 returning stage, arm, units, failed_units as "failedUnits"`,
    [rolloutId, new Date(at)],
  );
  for (const { stage, arm, units, failedUnits } of due) await addTally(tx, { rolloutId, stage, arm }, { ...emptyTally(), units, failedUnits });
  await matureUserUnits(tx, rolloutId, at);
};

/** An answer counts as unsafe once, however many signals and evaluations say so. */
export const noteUnsafe = async (tx: Transaction, { rolloutId, stage, arm, interactionId }: Place & { interactionId: string }): Promise<boolean> =>
  (await tx.query(`insert into unsafe_answers (rollout_id, interaction_id, stage, arm) values ($1, $2, $3, $4) on conflict do nothing returning interaction_id`, [rolloutId, interactionId, stage, arm])).length > 0;

export interface QualityScore {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly evaluator: string;
  /** 0 to 1. */
  readonly score: number;
  /** Inverse of the chance with which it was taken. */
  readonly weight: number;
}

/** One more score of a conversation, as a change of the sums over conversations; none where an evaluation of the interaction was counted before. */
const addScore = async (tx: Transaction, { rolloutId, stage, arm }: Place, { interactionId, conversationId, evaluator, score, weight }: QualityScore): Promise<UnitSums | undefined> => {
  const [added] = await tx.query(
    `insert into quality_scores (rollout_id, interaction_id, evaluator, conversation_id, stage, arm, score, weight)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning interaction_id`,
    [rolloutId, interactionId, evaluator, conversationId, stage, arm, score, weight],
  );
  if (!added) return undefined;
  const [before = { scores: 0, y: 0, n: 0 }] = await tx.query<{ scores: number; y: number; n: number }>(
    `select count(*)::int as scores, coalesce(sum(weight * score), 0)::float8 as y, coalesce(sum(weight), 0)::float8 as n
     from quality_scores where rollout_id = $1 and conversation_id = $2 and evaluator = $3 and stage = $4 and arm = $5 and interaction_id <> $6`,
    [rolloutId, conversationId, evaluator, stage, arm, interactionId],
  );
  const [y, n] = [before.y + weight * score, before.n + weight];
  return { units: before.scores === 0 ? 1 : 0, sumY: weight * score, sumN: weight, sumYY: y * y - before.y ** 2, sumYN: y * n - before.y * before.n, sumNN: n * n - before.n ** 2 };
};

/** Adds the scores of one answer. Each evaluator's score of it counts once, however often it is told or evaluated again. The caller holds the target's lock. */
export const noteQuality = async (tx: Transaction, place: Place, scores: readonly QualityScore[]): Promise<void> => {
  let quality: ArmTally['quality'] = {};
  for (const score of scores) {
    const sums = await addScore(tx, place, score);
    if (sums) quality = addQuality(quality, { [score.evaluator]: sums });
  }
  if (Object.keys(quality).length > 0) await addTally(tx, place, { ...emptyTally(), quality });
};

export const loadEvidence = async (tx: Transaction, { state, lastCandidateDataAt, lastDataAt = null }: RolloutRow): Promise<Evidence> => {
  const tallies = await tx.query<ArmTally & { stage: number; arm: Arm }>(
    `select stage, arm, units, failed_units as "failedUnits", requests, errors, outcomes, failures, unsafe, unit_requests as "unitRequests", unit_requests_squared as "unitRequestsSquared",
       cost_count as "costCount", cost_sum as "costSum", cost_squares as "costSquares", ${bundleColumns} from arm_tallies where rollout_id = $1 order by stage`,
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
  for (const { stage, arm, ...users } of await usersOf(tx, state.rolloutId)) stages.set(stage, { ...at(stage), [arm]: { ...at(stage)[arm], users } });
  return { stages: [...stages.values()].sort((a, b) => a.stage - b.stage), lastCandidateDataAt, lastDataAt, offsets: await offsetsOf(tx, state.rolloutId) };
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
