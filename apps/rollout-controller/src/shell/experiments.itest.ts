// Experiments and rollouts around a target's one place for traffic, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Arm, type Bundle, type Command, emptyHistogram, targetKey, versionIdOf } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { type ExperimentState, replayExperiment } from '../experiment/experiment-state.js';
import { experimentTransitionsOf } from '../persistence/experiment.repository.js';
import { migrations } from '../persistence/migrations.js';
import { Operators } from './operators.js';
import { RolloutMetrics } from './rollout-metrics.js';
import { Rollouts } from './rollouts.js';

const bundle: Bundle = { provider: { name: 'embedded', model: 'assistant' } };
const champion = versionIdOf({ ordinal: 1, bundle });
const nowMs = Date.parse('2026-03-02T08:00:00Z');
const instant = new Date(nowMs).toISOString();

let server: TestDatabase;
let database: Database;
let rollouts: Rollouts;
let operators: Operators;
let target = { model: 'assistant', workload: '' };

beforeAll(async () => {
  server = await createTestDatabase('experiments');
  database = new Database({ url: server.url, service: 'rollout-controller', migrations });
  await database.start();
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url });
  rollouts = new Rollouts(config, () => nowMs, Logger.silent(), new RolloutMetrics(new Metrics()));
  operators = new Operators(config, () => nowMs, Logger.silent(), rollouts);
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

const order = (command: Pick<Command, 'name'> & Record<string, unknown>): Promise<void> =>
  database.transaction((tx) => operators.obey(tx, { commandId: randomUUID(), actor: 'ada', reason: 'because', ...target, issuedAt: instant, ...command } as Command));
const publish = (versionId: string): Promise<void> => database.transaction((tx) => rollouts.experiments.learn(tx, { versionId, ...target, ordinal: 2, bundle, contentHash: 'h', publishedAt: instant }));
const judge = async (version: string): Promise<void> => {
  const candidate = { cycleId: `cycle-${version}`, ...target, version, baseVersion: champion };
  await database.transaction((tx) => rollouts.judge(tx, { ...candidate, outcome: 'passed', gates: [], message: 'gates', judgedAt: instant }));
  await database.transaction((tx) => rollouts.register(tx, { ...candidate, trainingRunId: 'run', datasetIds: ['d1'], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: instant }));
};
interface Counted {
  readonly vitalsId?: string;
  readonly users?: { user: string; count: number; failed: number }[] | undefined;
  /** Who counts; one that has not looked yet looks at once. */
  readonly by?: Rollouts;
  readonly tx?: Transaction;
}

const vitals = (experimentId: string, arm: Arm, [units, failed]: readonly [number, number], { vitalsId = randomUUID(), users, by = rollouts, tx: running }: Counted = {}): Promise<void> => {
  const count = (tx: Transaction): Promise<void> =>
    by.count(tx, {
      vitalsId, ...target, version: arm === 'candidate' ? 'v2' : champion, arm, rolloutId: experimentId, stage: 1, segment: 'de', requests: units, errors: 0, fellBack: 0, overridden: 0,
      outcomes: units, failures: failed, unsafe: 0, failuresBySignal: {}, units: { count: units, failed, sumY: failed, sumN: units, sumYY: failed, sumYN: failed, sumNN: units },
      latencyMs: emptyHistogram(), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: instant, to: instant, ...(users && { users }),
    });
  return running ? count(running) : database.transaction(count);
};
const look = (): Promise<void> => database.transaction((tx) => rollouts.evaluate(tx, targetKey(target)));
const experiment = async (id: string): Promise<{ state: ExperimentState; initial: ExperimentState }> =>
  (await database.query<{ state: ExperimentState; initial: ExperimentState }>(`select state, initial_state as initial from experiments where experiment_id = $1`, [id]))[0] as { state: ExperimentState; initial: ExperimentState };
const statuses = async (): Promise<unknown[]> => (await database.query(`select version || ' ' || status as one from rollouts where target = $1 order by queue_number`, [targetKey(target)])).map(({ one }) => one);
const sent = async (type: string): Promise<Record<string, unknown>[]> =>
  (await database.query<{ data: Record<string, unknown> }>(`select value::jsonb as data from outbox where value::jsonb->>'workload' = $1 and headers->>'ce_type' = $2 order by sequence`, [target.workload, type])).map(({ data }) => data);
const start = async (differs: Record<string, unknown> = {}): Promise<string> => {
  const commandId = randomUUID();
  await order({ name: 'experiment.start', commandId, treatment: 'v2', ...differs });
  return commandId;
};

beforeEach(async () => {
  target = { model: 'assistant', workload: randomUUID() };
  await order({ name: 'target.adopt', bundle });
});

describe('an experiment', () => {
  it('of a version that nobody published is refused, and says so on the topic', async () => {
    const id = await start();
    expect((await experiment(id)).state.status).toBe('cancelled');
    expect(await sent('ratchet.experiment.updated')).toMatchObject([{ experimentId: id, status: 'cancelled', reason: expect.stringContaining('v2 is not known') }]);
    expect(await sent('ratchet.routing.changed')).toHaveLength(1);
  });

  it('is routed, counts each event once, concludes, and its winner gets an ordinary rollout', async () => {
    await publish('v2');
    const id = await start({ onWin: 'rollout' });
    expect((await sent('ratchet.routing.changed')).at(-1)).toMatchObject({ kind: 'experiment', rolloutId: id, candidate: 'v2', champion, share: 0.5, stage: 1, salt: id });
    for (let time = 0; time < 3; time += 1) await vitals(id, 'candidate', [1000, 80], { vitalsId: 'once' });
    await vitals(id, 'control', [1000, 160]);
    await look();
    const { state, initial } = await experiment(id);
    expect(state).toMatchObject({ status: 'concluded', verdict: 'treatment_wins', reading: { arms: { treatment: { units: 1000, failed: 80 } }, segments: [{ segment: 'de' }] } });
    expect(replayExperiment(initial, await experimentTransitionsOf(database, id))).toEqual(state);
    expect(await sent('ratchet.experiment.concluded')).toMatchObject([{ experimentId: id, verdict: 'treatment_wins' }]);
    await look();
    expect(await statuses()).toEqual(['v2 RUNNING']);
  });

  it('is looked at when all counts of a batch are in: one arm alone would look like a broken split', async () => {
    await publish('v2');
    const id = await start();
    const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url });
    const by = new Rollouts(config, () => nowMs, Logger.silent(), new RolloutMetrics(new Metrics()));
    await database.transaction(async (tx) => {
      await vitals(id, 'control', [1000, 160], { by, tx });
      await vitals(id, 'candidate', [1000, 80], { by, tx });
    });
    expect((await experiment(id)).state).toMatchObject({ status: 'concluded', verdict: 'treatment_wins' });
  });

  it.each([
    ['conversations', false, 'treatment_wins', 300],
    ['users, whose conversations all end alike', true, 'inconclusive', 60],
  ] as const)('knows no more than its units say: %s', async (_, byUser, verdict, counted) => {
    await publish('v2');
    const id = await start({ plan: { type: 'fixed', unitsPerArm: 50, looks: 1 } });
    const usersOf = (arm: string, failing: number) => (byUser ? Array.from({ length: 60 }, (__, i) => ({ user: `${arm}-${i}`, count: 5, failed: i < failing ? 5 : 0 })) : undefined);
    await vitals(id, 'candidate', [300, 100], { users: usersOf('t', 20) });
    await vitals(id, 'control', [300, 150], { users: usersOf('c', 30) });
    await look();
    expect((await experiment(id)).state).toMatchObject({ status: 'concluded', verdict });
    expect((await database.query(`select coalesce(sum(users), 0)::int as users from user_sums where rollout_id = $1`, [id]))[0]).toEqual({ users: byUser ? 2 * counted : 0 });
  });

  it('and a rollout take turns, and a rollback ends the experiment at once', async () => {
    await publish('v2');
    await judge('v3');
    const id = await start();
    expect((await experiment(id)).state.status).toBe('queued');
    await order({ name: 'rollout.rollback' });
    expect((await experiment(id)).state.status).toBe('running');
    await judge('v4');
    expect(await statuses()).toEqual(['v3 ROLLED_BACK', 'v4 DRAFT']);
    await order({ name: 'rollout.advance' });
    expect((await experiment(id)).state.status).toBe('running');
    await order({ name: 'rollout.rollback' });
    expect((await experiment(id)).state).toMatchObject({ status: 'concluded', verdict: 'inconclusive' });
    expect(await statuses()).toEqual(['v3 ROLLED_BACK', 'v4 RUNNING']);
  });

  it('is stopped once, and its rows are for good', async () => {
    await publish('v2');
    const id = await start({ plan: { type: 'open' } });
    await order({ name: 'experiment.stop', experimentId: id });
    await order({ name: 'experiment.stop', experimentId: id });
    expect((await experimentTransitionsOf(database, id)).map(({ to }) => to)).toEqual(['queued', 'running', 'concluded']);
    await expect(database.query(`update experiment_transitions set reason = 'x' where experiment_id = $1`, [id])).rejects.toThrow('evidence');
  });
});
