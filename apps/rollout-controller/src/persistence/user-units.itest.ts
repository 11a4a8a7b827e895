// Users as assignment units against a real PostgreSQL: running sums, label delay, erasure, what is left when a rollout is over.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Arm, type Bundle, emptyHistogram, targetKey, unitHashOf, versionIdOf, type VitalsCounted } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { seededRandom, type UnitSums } from '@ratchet/stats';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { Operators } from '../shell/operators.js';
import { RolloutMetrics } from '../shell/rollout-metrics.js';
import { Rollouts } from '../shell/rollouts.js';
import { migrations } from './migrations.js';
import { addUserUnits, eraseUserUnits, pruneUserUnits, usersOf } from './user-units.repository.js';

const START = Date.parse('2026-03-02T08:00:00Z');
const DELAY_MS = 60_000;
const bundle: Bundle = { provider: { name: 'embedded', model: 'assistant' } };
const champion = versionIdOf({ ordinal: 1, bundle });

let server: TestDatabase;
let database: Database;
let now = START;

beforeAll(async () => {
  server = await createTestDatabase('user_units');
  database = new Database({ url: server.url, service: 'rollout-controller', migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

interface Batch {
  readonly rolloutId: string;
  readonly stage: number;
  readonly arm: Arm;
  readonly users: NonNullable<VitalsCounted['users']>;
}
const add = (batch: Batch, labelDelayMs = 0): Promise<void> => database.transaction((tx) => addUserUnits(tx, { vitalsId: randomUUID(), ...batch }, { labelDelayMs, at: now }));
const hashes = async (rolloutId: string): Promise<unknown[]> =>
  (await database.query(`select user_hash as one from user_units where rollout_id = $1 union select u ->> 'user' from pending_users, jsonb_array_elements(users) u where rollout_id = $1 order by 1`, [rolloutId])).map(({ one }) => one);

/** The sums from the rows themselves. */
const recomputed = (rolloutId: string): Promise<(UnitSums & { arm: Arm })[]> =>
  database.query<UnitSums & { arm: Arm }>(
    `select arm, count(*)::int as units, sum(y)::float8 as "sumY", sum(n)::float8 as "sumN", sum(y * y)::float8 as "sumYY", sum(y * n)::float8 as "sumYN", sum(n * n)::float8 as "sumNN"
     from (select arm, user_hash, sum(failed_units) as y, sum(units) as n from user_units where rollout_id = $1 group by arm, user_hash) t group by arm order by arm`,
    [rolloutId],
  );

describe('the running sums', () => {
  it('are those of the rows, whatever comes in which order', async () => {
    const rolloutId = randomUUID();
    const random = seededRandom(3);
    const below = (n: number): number => Math.floor(random() * n);
    for (let i = 0; i < 60; i += 1) {
      const users = Array.from({ length: 1 + below(20) }, () => ({ user: `u${below(40)}`, count: 2 + below(3), failed: below(3) }));
      await add({ rolloutId, stage: 1 + below(3), arm: (['candidate', 'control', 'rest'] as const)[below(3)] ?? 'rest', users });
    }
    const kept = await usersOf(database, rolloutId);
    const overall = (['candidate', 'control', 'rest'] as const).map((arm) => ({ arm, ...kept.find((one) => one.arm === arm)?.overall }));
    expect(overall).toEqual(await recomputed(rolloutId));
    const stages = await database.query(
      `select stage, arm, count(*)::int as seen, sum(units)::float8 as conversations from user_units where rollout_id = $1 group by 1, 2 order by 1, 2`,
      [rolloutId],
    );
    expect(kept.map(({ stage, arm, seen, conversations }) => ({ stage, arm, seen, conversations }))).toEqual(stages);
    expect(kept.reduce((sum, { firstSeen }) => sum + firstSeen, 0)).toBe(40);
  });

  it('count a user as first seen once, in whatever arm and stage that was', async () => {
    const rolloutId = randomUUID();
    const user = (id: string): Batch['users'][number] => ({ user: id, count: 1, failed: 0 });
    await add({ rolloutId, stage: 1, arm: 'rest', users: [user('a'), user('b')] });
    await add({ rolloutId, stage: 2, arm: 'candidate', users: [user('a'), user('c')] });
    await add({ rolloutId, stage: 2, arm: 'candidate', users: [user('c')] });
    expect(await usersOf(database, rolloutId)).toMatchObject([{ stage: 1, arm: 'rest', seen: 2, firstSeen: 2 }, { stage: 2, arm: 'candidate', seen: 2, firstSeen: 1, conversations: 3, overall: { units: 2, sumN: 3, sumNN: 5 } }]);
  });
});

describe('erasure', () => {
  it('removes the user from the rows and from what waits, and leaves the sums and everybody else', async () => {
    const rolloutId = randomUUID();
    const users = ['ada', 'bob'].map((userId) => ({ user: unitHashOf({ rolloutId, userId }), count: 2, failed: 1 }));
    await add({ rolloutId, stage: 1, arm: 'candidate', users });
    await add({ rolloutId, stage: 1, arm: 'candidate', users }, DELAY_MS);
    const before = await usersOf(database, rolloutId);
    expect(await database.transaction((tx) => eraseUserUnits(tx, 'ada'))).toBe(2);
    expect(await hashes(rolloutId)).toEqual([unitHashOf({ rolloutId, userId: 'bob' })]);
    expect(await usersOf(database, rolloutId)).toEqual(before);
  });
});

describe('a rollout whose unit is a user', () => {
  it('counts users after the label delay, shows them in its record, and forgets them when it is over', async () => {
    const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, ROLLOUT_POLICY: JSON.stringify({ stickTo: 'user', labelDelayMs: DELAY_MS }) });
    const rollouts = new Rollouts(config, () => now, Logger.silent(), new RolloutMetrics(new Metrics()));
    const operators = new Operators(config, () => now, Logger.silent(), rollouts);
    const target = { model: 'assistant', workload: randomUUID() };
    const order = { ...target, actor: 'ada', reason: 'because', issuedAt: new Date(START).toISOString() };
    const candidate = { cycleId: 'cycle', ...target, version: 'v2', baseVersion: champion };
    await database.transaction(async (tx) => {
      await operators.obey(tx, { ...order, name: 'target.adopt', commandId: randomUUID(), bundle });
      await rollouts.judge(tx, { ...candidate, outcome: 'passed', gates: [], message: 'gates', judgedAt: order.issuedAt });
      await rollouts.register(tx, { ...candidate, trainingRunId: 'run', datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: order.issuedAt });
    });
    const [row] = await database.query<{ rolloutId: string }>(`select rollout_id as "rolloutId" from rollouts where target = $1`, [targetKey(target)]);
    const rolloutId = row?.rolloutId ?? '';
    const users = [{ user: 'a', count: 9, failed: 1 }, { user: 'b', count: 1, failed: 0 }];
    const counts = { requests: 10, errors: 0, fellBack: 0, overridden: 0, outcomes: 10, failures: 1, unsafe: 0, failuresBySignal: {}, inputTokens: 0, outputTokens: 0 };
    const units = { count: 10, failed: 1, sumY: 1, sumN: 10, sumYY: 1, sumYN: 1, sumNN: 10 };
    const times = { from: order.issuedAt, to: order.issuedAt, latencyMs: emptyHistogram(), costUsd: emptyHistogram() };
    const vitals: VitalsCounted = { vitalsId: randomUUID(), ...target, version: 'v2', arm: 'candidate', rolloutId, stage: 1, ...counts, units, users, ...times };
    await database.transaction((tx) => rollouts.count(tx, vitals));
    expect(await usersOf(database, rolloutId)).toEqual([]);
    now = START + DELAY_MS;
    await database.transaction((tx) => rollouts.evaluate(tx, targetKey(target)));
    expect(await usersOf(database, rolloutId)).toMatchObject([{ seen: 2, firstSeen: 2, overall: { units: 2, sumY: 1, sumN: 10, sumYY: 1, sumYN: 9, sumNN: 82 } }]);

    expect(await pruneUserUnits(database)).toBe(0);
    await database.transaction((tx) => operators.obey(tx, { ...order, name: 'rollout.rollback', commandId: randomUUID() }));
    const [last] = await database.query(`select evidence -> 'candidate' ->> 'users' as users from rollout_transitions where rollout_id = $1 order by sequence desc limit 1`, [rolloutId]);
    expect(last).toEqual({ users: '2' });
    expect(await pruneUserUnits(database)).toBe(2);
    await database.transaction((tx) => rollouts.count(tx, { ...vitals, vitalsId: randomUUID() }));
    expect(await hashes(rolloutId)).toEqual([]);
    expect(await usersOf(database, rolloutId)).toHaveLength(1);
  });
});
