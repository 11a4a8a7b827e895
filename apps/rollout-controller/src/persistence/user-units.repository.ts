import { type Arm, unitHashOf, type VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { UnitSums } from '@ratchet/stats';
import type { ArmUsers } from '../rollout/evidence.js';

/** Where users were counted. `rolloutId` may be an experiment's. */
interface Place {
  readonly rolloutId: string;
  readonly stage: number;
  readonly arm: Arm;
}

type Users = NonNullable<VitalsCounted['users']>;
type UserVitals = Pick<VitalsCounted, 'vitalsId' | 'rolloutId' | 'stage' | 'arm' | 'users'>;

/**
 * Everything of one batch of users in one statement: all its parts see the rows as they were before. The sums move by what the rows
 * move by, so that a look costs the same with a million users as with ten. `before` reads a user's few rows by the primary key.
 */
const ADD_USERS = `
  with given as (
    select u."user" as user_hash, sum(u.count)::int as units, sum(u.failed)::int as failed_units
    from jsonb_to_recordset($4::jsonb) as u("user" text, count int, failed int) group by 1
  ), before as (
    select g.user_hash, g.units, g.failed_units, count(k.arm) as rows, count(k.arm) filter (where k.arm = $3) as arm_rows,
      count(k.arm) filter (where k.arm = $3 and k.stage = $2) as stage_rows,
      coalesce(sum(k.failed_units) filter (where k.arm = $3), 0) as y, coalesce(sum(k.units) filter (where k.arm = $3), 0) as n
    from given g left join user_units k on k.rollout_id = $1 and k.user_hash = g.user_hash group by 1, 2, 3
  ), rows_added as (
    insert into user_units as k (rollout_id, user_hash, arm, stage, units, failed_units) select $1, user_hash, $3, $2, units, failed_units from given
    on conflict (rollout_id, user_hash, arm, stage) do update set units = k.units + excluded.units, failed_units = k.failed_units + excluded.failed_units
  ), stage_added as (
    insert into stage_users as s (rollout_id, stage, arm, seen, conversations, first_seen)
    select $1, $2, $3, count(*) filter (where stage_rows = 0), sum(units), count(*) filter (where rows = 0) from before
    on conflict (rollout_id, stage, arm) do update set seen = s.seen + excluded.seen, conversations = s.conversations + excluded.conversations,
      first_seen = s.first_seen + excluded.first_seen
  )
  insert into user_sums as s (rollout_id, arm, users, sum_y, sum_n, sum_yy, sum_yn, sum_nn)
  select $1, $3, count(*) filter (where arm_rows = 0), sum(failed_units), sum(units), sum((y + failed_units) * (y + failed_units) - y * y),
    sum((y + failed_units) * (n + units) - y * n), sum((n + units) * (n + units) - n * n) from before
  on conflict (rollout_id, arm) do update set users = s.users + excluded.users, sum_y = s.sum_y + excluded.sum_y, sum_n = s.sum_n + excluded.sum_n,
    sum_yy = s.sum_yy + excluded.sum_yy, sum_yn = s.sum_yn + excluded.sum_yn, sum_nn = s.sum_nn + excluded.sum_nn`;

const addUsers = async (tx: Transaction, { rolloutId, stage, arm }: Place, users: Users): Promise<void> => {
  if (users.length > 0) await tx.query(ADD_USERS, [rolloutId, stage, arm, JSON.stringify(users)]);
};

/**
 * Adds the users of one vitals event, at once or when their label delay is over. Once an event: the caller has the inbox drop
 * repeats, and holds the target's lock, so that no two additions to a rollout run at the same time.
 */
export const addUserUnits = async (tx: Transaction, vitals: UserVitals, { labelDelayMs, at }: { labelDelayMs: number; at: number }): Promise<void> => {
  const { vitalsId, rolloutId, stage, arm, users = [] } = vitals;
  if (users.length === 0 || rolloutId === undefined || stage === undefined) return;
  if (labelDelayMs === 0) return addUsers(tx, { rolloutId, stage, arm }, users);
  await tx.query(`insert into pending_users (vitals_id, rollout_id, stage, arm, users, matures_at) values ($1, $2, $3, $4, $5::jsonb, $6) on conflict do nothing`, [
    vitalsId, rolloutId, stage, arm, JSON.stringify(users), new Date(at + labelDelayMs),
  ]);
};

/** Counts the users of conversations whose label delay is over. */
export const matureUserUnits = async (tx: Transaction, rolloutId: string, at: number): Promise<void> => {
  const due = await tx.query<Omit<Place, 'rolloutId'> & { users: Users }>(`delete from pending_users where rollout_id = $1 and matures_at <= $2 returning stage, arm, users`, [rolloutId, new Date(at)]);
  for (const { stage, arm, users } of due.sort((a, b) => a.stage - b.stage)) await addUsers(tx, { rolloutId, stage, arm }, users);
};

const SUMS = `users as units, sum_y::float8 as "sumY", sum_n::float8 as "sumN", sum_yy::float8 as "sumYY", sum_yn::float8 as "sumYN", sum_nn::float8 as "sumNN"`;

/** The users of each stage and arm that has any. */
export const usersOf = async (tx: Pick<Transaction, 'query'>, rolloutId: string): Promise<(ArmUsers & Omit<Place, 'rolloutId'>)[]> => {
  const rows = await tx.query<Omit<ArmUsers, 'overall'> & Omit<Place, 'rolloutId'> & UnitSums>(
    `select stage, arm, seen, conversations::float8 as conversations, first_seen as "firstSeen", ${SUMS} from stage_users join user_sums using (rollout_id, arm) where rollout_id = $1 order by stage, arm`,
    [rolloutId],
  );
  return rows.map(({ stage, arm, seen, conversations, firstSeen, ...overall }) => ({ stage, arm, seen, conversations, firstSeen, overall }));
};

/**
 * Removes a user from all rollouts and experiments that still have rows of users. The sums stay: they name nobody, and evidence must
 * not change because somebody asked to be forgotten. Who comes back is counted as a new user. Returns the rows that went.
 */
export const eraseUserUnits = async (tx: Transaction, userId: string): Promise<number> => {
  const counted = await tx.query<{ rolloutId: string }>(`select rollout_id as "rolloutId" from user_sums union select rollout_id from pending_users`);
  const [ids, hashes] = [counted.map(({ rolloutId }) => rolloutId), counted.map(({ rolloutId }) => unitHashOf({ rolloutId, userId }))];
  const rows = await tx.query(`delete from user_units u using unnest($1::text[], $2::text[]) as e(rollout_id, user_hash) where u.rollout_id = e.rollout_id and u.user_hash = e.user_hash returning 1`, [ids, hashes]);
  const pending = await tx.query(
    `update pending_users p set users = (select coalesce(jsonb_agg(u), '[]') from jsonb_array_elements(p.users) u where u ->> 'user' <> e.user_hash)
     from unnest($1::text[], $2::text[]) as e(rollout_id, user_hash) where p.rollout_id = e.rollout_id and p.users @> jsonb_build_array(jsonb_build_object('user', e.user_hash)) returning 1`,
    [ids, hashes],
  );
  return rows.length + pending.length;
};

/** Rows that one statement removes: some hundred milliseconds of it, and no lock that a rollback would wait for. */
const PRUNED_AT_ONCE = 50_000;

/** Removes rows of users whose rollout or experiment is over, its sums stay; returns how many went. There are more where it is not 0. */
export const pruneUserUnits = async (tx: Pick<Transaction, 'query'>): Promise<number> => {
  const over = `select rollout_id from rollouts where status in ('ROLLED_BACK', 'PROMOTED', 'SUPERSEDED', 'CANCELLED')
    union all select experiment_id from experiments where status in ('concluded', 'cancelled')`;
  const [gone] = await tx.query<{ count: number }>(
    `with users_gone as (delete from user_units where ctid = any (array(select ctid from user_units where rollout_id in (${over}) limit ${PRUNED_AT_ONCE})) returning 1),
       pending_gone as (delete from pending_users where rollout_id in (${over}) returning 1)
     select (select count(*) from users_gone)::int + (select count(*) from pending_gone)::int as count`,
  );
  return gone?.count ?? 0;
};
