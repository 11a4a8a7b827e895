import type { VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { type ArmCounts, type Arms, type ExperimentCounts, noCounts, type Units } from '../experiment/experiment-counts.js';
import { OTHER_SEGMENT } from '../experiment/segments.js';
import { usersInArms } from '../experiment/users-in-arms.js';
import { addUserUnits, usersOf } from './user-units.repository.js';

type Arm = keyof Arms<unknown>;

/** A segment is meant to be a handful of names; who sends an id for each user has the first of them, and one for all the rest. */
const SEGMENTS_KEPT = 200;

const addSegment = async (tx: Transaction, { experimentId, arm }: { experimentId: string; arm: Arm }, { segment = '', units }: Pick<VitalsCounted, 'segment' | 'units'>): Promise<void> => {
  await tx.query(
    `insert into experiment_segments as s (experiment_id, segment, arm, units, failed)
     select $1, case when exists (select 1 from experiment_segments where experiment_id = $1 and segment = $2)
       or (select count(distinct segment) from experiment_segments where experiment_id = $1) < ${SEGMENTS_KEPT} then $2 else '${OTHER_SEGMENT}' end, $3, $4, $5
     on conflict (experiment_id, segment, arm) do update set units = s.units + excluded.units, failed = s.failed + excluded.failed`,
    [experimentId, segment, arm, units.count, units.failed],
  );
};

/** Adds what was counted to its experiment and arm, once an event; false where it was added before. The caller holds the target's lock. */
export const addExperimentVitals = async (tx: Transaction, { experimentId, arm }: { experimentId: string; arm: Arm }, vitals: VitalsCounted, at: number): Promise<boolean> => {
  const fresh = await tx.query(`insert into experiment_vitals (experiment_id, vitals_id) values ($1, $2) on conflict do nothing returning vitals_id`, [experimentId, vitals.vitalsId]);
  if (fresh.length === 0) return false;
  const { units, requests, errors, fellBack, unsafe, covariate } = vitals;
  await tx.query(
    `insert into experiment_tallies as t (experiment_id, arm, units, failed, requests, errors, unsafe, covariate_count, sum_x, sum_xx, sum_y, sum_xy, last_data_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (experiment_id, arm) do update set units = t.units + excluded.units, failed = t.failed + excluded.failed, requests = t.requests + excluded.requests,
       errors = t.errors + excluded.errors, unsafe = t.unsafe + excluded.unsafe, covariate_count = t.covariate_count + excluded.covariate_count,
       sum_x = t.sum_x + excluded.sum_x, sum_xx = t.sum_xx + excluded.sum_xx, sum_y = t.sum_y + excluded.sum_y, sum_xy = t.sum_xy + excluded.sum_xy,
       last_data_at = greatest(t.last_data_at, excluded.last_data_at)`,
    [
      experimentId, arm, units.count, units.failed, requests, Math.min(requests, errors + fellBack), unsafe,
      covariate?.count ?? 0, covariate?.sumX ?? 0, covariate?.sumXX ?? 0, covariate?.sumY ?? 0, covariate?.sumXY ?? 0, new Date(at),
    ],
  );
  await addUserUnits(tx, vitals, { labelDelayMs: 0, at });
  if (vitals.segment !== undefined && units.count > 0) await addSegment(tx, { experimentId, arm }, vitals);
  return true;
};

/** The ids of counted events are needed only as long as more can come. */
export const forgetVitals = async (tx: Transaction, experimentId: string): Promise<void> => {
  await tx.query(`delete from experiment_vitals where experiment_id = $1`, [experimentId]);
};

type TallyRow = Omit<ArmCounts, 'covariate'> & ArmCounts['covariate'] & { readonly arm: Arm; readonly lastDataAt: number };

const armOf = (row: TallyRow | undefined, noted: number): ArmCounts => {
  if (!row) return { ...noCounts, unsafe: noted };
  const { units, failed, requests, errors, unsafe, count, sumX, sumXX, sumY, sumXY } = row;
  // The detector counts an unsafe answer and signals it, too: the larger number holds them all.
  return { units, failed, requests, errors, unsafe: Math.max(unsafe, noted), covariate: { count, sumX, sumXX, sumY, sumXY } };
};

export const loadCounts = async (tx: Transaction, experimentId: string): Promise<ExperimentCounts> => {
  const rows = await tx.query<TallyRow>(
    `select arm, units::float8 as units, failed::float8 as failed, requests::float8 as requests, errors::float8 as errors, unsafe::float8 as unsafe, covariate_count::float8 as count,
       sum_x as "sumX", sum_xx as "sumXX", sum_y as "sumY", sum_xy as "sumXY", (extract(epoch from last_data_at) * 1000)::float8 as "lastDataAt"
     from experiment_tallies where experiment_id = $1`,
    [experimentId],
  );
  const noted = await tx.query<{ arm: string; count: number }>(`select arm, count(*)::int as count from unsafe_answers where rollout_id = $1 group by arm`, [experimentId]);
  const segments = await tx.query<Units & { segment: string; arm: Arm }>(`select segment, arm, units::float8 as units, failed::float8 as failed from experiment_segments where experiment_id = $1 order by segment`, [experimentId]);
  const bySegment = new Map<string, Arms<Units>>();
  for (const { segment, arm, units, failed } of segments) bySegment.set(segment, { ...(bySegment.get(segment) ?? { control: { units: 0, failed: 0 }, treatment: { units: 0, failed: 0 } }), [arm]: { units, failed } });
  const of = (arm: Arm): TallyRow | undefined => rows.find((row) => row.arm === arm);
  // In the assignment, the treatment is the candidate.
  const notedIn = (name: string): number => noted.find(({ arm }) => arm === name)?.count ?? 0;
  const [treatment, control] = [of('treatment'), of('control')];
  const users = await usersOf(tx, experimentId);
  const arms = { treatment: armOf(treatment, notedIn('candidate')), control: armOf(control, notedIn('control')) };
  return {
    ...arms,
    ...usersInArms(arms, { treatment: users.find(({ arm }) => arm === 'candidate'), control: users.find(({ arm }) => arm === 'control') }),
    segments: [...bySegment].map(([segment, arms]) => ({ segment, ...arms })),
    lastDataAt: treatment && control ? Math.min(treatment.lastDataAt, control.lastDataAt) : null,
  };
};
