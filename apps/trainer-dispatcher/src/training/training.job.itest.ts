// Runs of cycles from their start to their outcome, against a real PostgreSQL and a trainer that a test holds in its hand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { createTestDatabase, eventually } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import type { Config } from '../config.js';
import { migrations } from '../persistence/migrations.js';
import { dropExamples } from '../persistence/erasure.repository.js';
import { insertTarget, insertVersion, storeDataset, storeExamples } from '../persistence/trainer.repository.js';
import { InMemoryBackend } from './backends/in-memory-backend.js';
import { TrainerError } from './backends/trainer-backend.js';
import { example } from './spec-support/orders.js';
import { starterWith, trainingJobWith } from './spec-support/wiring.js';
import { Trainers } from './trainers.js';
import type { TrainingJob } from './training.job.js';
import { TrainingDataController } from './training-data.controller.js';
import { TrainingOrders } from './training-orders.js';
import { TrainingRuns } from './training-runs.js';

const target = { model: 'assistant', workload: 'support' };
let server: TestDatabase;
let database: Database;
let backend: InMemoryBackend;

beforeAll(async () => {
  server = await createTestDatabase('training');
  database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: 'trainer-dispatcher', logger: Logger.silent() });
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});
beforeEach(async () => {
  backend = new InMemoryBackend();
  await database.query('truncate targets, versions, datasets, examples, cycles, outbox, training_logs, training_waits');
  await database.query('delete from trainer_dispatcher_jobs._private_jobs');
  await database.transaction(async (tx) => {
    await insertTarget(tx, target, 'v1');
    await insertVersion(tx, { ...target, versionId: 'v1', ordinal: 1, bundle: { provider: { name: 'vllm', model: 'base' } } });
  });
  await add('d1');
});

const add = (datasetId: string): Promise<void> =>
  database.transaction(async (tx) => {
    await storeExamples(tx, { ...target, datasetId, examples: [example(`${datasetId}-1`), example(`${datasetId}-2`)], addedAt: '2026-06-01T00:00:00Z' });
    await storeDataset(tx, { ...target, datasetId, purpose: 'training', trainCount: 2, testCount: 0, contentHash: 'h', opportunityIds: ['o'], failuresAnalyzed: 5, rejected: [], highPriority: false, versionedAt: '2026-06-01T00:00:00Z' });
  });
const configOf = (env: Record<string, string> = {}): Config =>
  loadConfig({
    KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, PROVIDERS: '{"vllm":{"baseUrl":"http://localhost:1/v1"}}', TRAINING_POLL_MS: '5',
    TRAINERS: JSON.stringify({ own: { backend: 'command', program: process.execPath, folder: '/tmp' } }), ...env,
  });

class HandheldTrainers extends Trainers {
  override async open(): Promise<InMemoryBackend> {
    return backend;
  }
}
const jobWith = (config = configOf(), metrics = new Metrics()): TrainingJob => trainingJobWith(config, database, new HandheldTrainers(config), metrics);
const runs = (): TrainingRuns => new TrainingRuns(database, Logger.silent());
const open = async (config = configOf()): Promise<string> => {
  await database.transaction((tx) => starterWith(config, database).startByCommand(tx, target, 'test'));
  return (await database.query<{ id: string }>('select cycle_id as id from cycles where ended_at is null'))[0]?.id ?? '';
};
const run = (cycleId: string, config = configOf(), stopping = AbortSignal.timeout(20_000)): Promise<void> => jobWith(config).run({ cycleId }, stopping);
const sent = async (type: string): Promise<Record<string, unknown>[]> => (await database.query<{ data: Record<string, unknown> }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 order by sequence`, [type])).map(({ data }) => data);
const failures = () => sent('ratchet.training.failed');
const examples = async (): Promise<string[]> => (await database.query<{ state: string }>('select distinct state from examples order by 1')).map(({ state }) => state);
const succeeded = { status: 'succeeded', model: 'tuned', metrics: { loss: 0.5 }, lossCurve: [{ step: 1, trainLoss: 0.5 }], costUsd: 2 } as const;

describe('a training run', () => {
  it('becomes a candidate that says who trained it, on what, for how long and for how much', async () => {
    const cycleId = await open();
    const running = run(cycleId);
    await eventually(() => expect(backend.orders).toHaveLength(1), { everyMs: 10 });
    backend.finish(cycleId, succeeded);
    await running;
    expect(await sent('ratchet.training.started')).toMatchObject([{ cycleId, backend: 'command' }]);
    expect(await sent('ratchet.candidate.registered')).toMatchObject([{ cycleId, backend: 'command', dataHash: expect.stringMatching(/^[0-9a-f]{64}$/u), metrics: { loss: 0.5 }, lossCurve: [{ step: 1, trainLoss: 0.5 }], costUsd: 2, trainingSeconds: expect.any(Number) }]);
    expect(backend.orders[0]).toMatchObject({ baseModel: 'base', provider: 'vllm', target, data: { train: [{ exampleId: 'd1-1' }, { exampleId: 'd1-2' }] } });
    expect(backend.tidied).toEqual([cycleId]);
    expect(await sent('ratchet.budget.changed')).toMatchObject([{ component: 'training', run: { spentUsd: 2, limitUsd: null }, monthly: { spentUsd: 2, limitUsd: null }, calls: 1 }]);
  });

  it('is found again by the next service when one was killed or stopped in the middle', async () => {
    const cycleId = await open();
    const stopping = new AbortController();
    const first = run(cycleId, configOf(), stopping.signal);
    await eventually(() => expect(backend.orders).toHaveLength(1), { everyMs: 10 });
    stopping.abort();
    await expect(first).rejects.toThrow();
    backend.finish(cycleId, succeeded);
    await run(cycleId);
    await run(cycleId);
    expect(backend.orders).toHaveLength(1);
    expect(await sent('ratchet.candidate.registered')).toHaveLength(1);
  });

  it('is one, though its start was answered with an error, and though two services look after it', async () => {
    const cycleId = await open();
    backend.faults.push({ error: new TrainerError({ code: 'trainer_unavailable', message: 'away', retryable: true }), begins: true });
    await expect(run(cycleId)).rejects.toMatchObject({ code: 'trainer_unavailable' });
    const both = [run(cycleId), run(cycleId)];
    await eventually(async () => expect((await database.query('select 1 from cycles where run_begun')).length).toBe(1), { everyMs: 10 });
    backend.finish(cycleId, succeeded);
    await Promise.all(both);
    expect(backend.orders).toHaveLength(1);
    expect(await sent('ratchet.candidate.registered')).toHaveLength(1);
  });

  it.each([
    ['registered', succeeded],
    ['failed', { status: 'failed', code: 'failed', reason: 'out of memory', dataAtFault: false }],
  ] as const)('is counted once as %s, though two services see its end', async (result, end) => {
    const cycleId = await open();
    const metrics = new Metrics();
    const both = [1, 2].map(() => jobWith(configOf(), metrics).run({ cycleId }, AbortSignal.timeout(20_000)));
    await eventually(async () => expect((await database.query('select 1 from cycles where run_begun')).length).toBe(1), { everyMs: 10 });
    backend.finish(cycleId, end);
    await Promise.all(both);
    expect((await metrics.registry.metrics()).match(/ratchet_trainer_runs_total\{.*/g)).toEqual([`ratchet_trainer_runs_total{result="${result}"} 1`]);
  });

  it.each([
    ['the data', { code: 'failed', reason: 'loss is no number', dataAtFault: true }, 'quarantined'],
    ['the machine', { code: 'failed', reason: 'out of memory', dataAtFault: false }, 'waiting'],
  ] as const)('that fails by %s leaves its examples %j', async (_what, failure, state) => {
    const cycleId = await open();
    backend.finish(cycleId, { status: 'failed', ...failure });
    await run(cycleId);
    expect(await failures()).toMatchObject([{ cycleId, code: failure.code, reason: failure.reason }]);
    expect(await examples()).toEqual([state]);
  });

  it('that is refused at its start leaves the examples for the next cycle', async () => {
    backend.faults.push({ error: new TrainerError({ code: 'trainer_refused', message: 'no such program' }), begins: false });
    await run(await open());
    expect(await failures()).toMatchObject([{ code: 'refused', reason: 'no such program' }]);
    expect(await examples()).toEqual(['waiting']);
  });

  it('ends when its time is over, counted from its first start', async () => {
    const cycleId = await open();
    await expect(run(cycleId, configOf(), AbortSignal.timeout(150))).rejects.toThrow();
    await database.query(`update cycles set run_started_at = now() - interval '2 hours'`);
    await run(cycleId, configOf({ TRAINING_TIMEOUT_MS: '3600000' }));
    expect(await backend.look({ cycleId, memory: {}, remember: async () => undefined })).toMatchObject({ status: 'failed', code: 'cancelled' });
    expect(await failures()).toMatchObject([{ code: 'timed_out' }]);
    expect(await examples()).toEqual(['waiting']);
  });

  it('is looked at again when its job has used up its tries', async () => {
    const cycleId = await open();
    const jobs = () => database.query<{ attempts: number }>('select attempts from trainer_dispatcher_jobs.jobs');
    await runs().tick();
    await database.query('update trainer_dispatcher_jobs._private_jobs set attempts = max_attempts');
    await runs().tick();
    expect(await jobs()).toEqual(expect.arrayContaining([{ attempts: 25 }, { attempts: 0 }]));
    await runs().tick();
    expect(await jobs()).toHaveLength(2);
    backend.finish(cycleId, succeeded);
    await run(cycleId);
    await runs().tick();
    expect(await jobs()).toHaveLength(2);
  });

  it('leaves its last words, until a user whose words may be in them is erased', async () => {
    const cycleId = await open();
    backend.finish(cycleId, succeeded);
    await run(cycleId);
    const logs = () => database.query<{ log: string }>('select log from training_logs');
    expect(await logs()).toEqual([{ log: `log of ${cycleId}` }]);
    await database.transaction((tx) => dropExamples(tx, target, ['d1-1']));
    expect(await logs()).toEqual([]);
  });
});

describe('the data of a run', () => {
  it('are had by who knows its token, as long as it runs', async () => {
    const config = configOf();
    const cycleId = await open();
    const data = new TrainingDataController(database, new TrainingOrders(config, database, new Trainers(config)));
    await expect(data.file(cycleId, '', 'examples.jsonl')).rejects.toMatchObject({ status: 404 });
    await database.query(`update cycles set trainer = 'own', run_memory = '{"token": "secret"}'`);
    const [first] = (await data.file(cycleId, 'secret', 'examples.jsonl')).split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ id: 'd1-1', messages: [{ content: 'question d1-1' }, { content: 'answer d1-1' }] });
    expect(JSON.parse(await data.file(cycleId, 'secret', 'job.json'))).toMatchObject({ cycleId, baseModel: 'base', counts: { examples: 2, retention: 0, preferences: 0 } });
    await expect(data.file(cycleId, 'guessed', 'examples.jsonl')).rejects.toMatchObject({ status: 404 });
    for (const name of ['preferences.jsonl', '__proto__', '../job.json']) await expect(data.file(cycleId, 'secret', name)).rejects.toMatchObject({ status: 404 });
    await database.query(`update cycles set state = 'judging'`);
    await expect(data.file(cycleId, 'secret', 'examples.jsonl')).rejects.toMatchObject({ status: 404 });
  });
});

describe('training.cancel', () => {
  const cancel = () => database.transaction((tx) => runs().cancel(tx, { ...target, actor: 'ada' }));

  it('ends the run under way, and its examples wait again', async () => {
    const cycleId = await open();
    const running = run(cycleId);
    await eventually(() => expect(backend.orders).toHaveLength(1), { everyMs: 10 });
    await cancel();
    await running;
    expect(await backend.look({ cycleId, memory: {}, remember: async () => undefined })).toMatchObject({ status: 'failed', code: 'cancelled' });
    expect(await failures()).toMatchObject([{ cycleId, code: 'cancelled', reason: 'ada cancelled the training' }]);
    expect(await examples()).toEqual(['waiting']);
    expect(await open()).not.toBe(cycleId);
  });

  it('ends a run that has not begun, and one that has just succeeded is not registered', async () => {
    const cycleId = await open();
    backend.finish(cycleId, succeeded);
    await cancel();
    await run(cycleId);
    expect(backend.orders).toEqual([]);
    expect(await sent('ratchet.candidate.registered')).toEqual([]);
    expect(await failures()).toMatchObject([{ code: 'cancelled' }]);
  });

  it('wakes the job of the run, and without a run does nothing', async () => {
    await cancel();
    expect(await database.query('select 1 from trainer_dispatcher_jobs.jobs')).toEqual([]);
    const cycleId = await open();
    await database.query('delete from trainer_dispatcher_jobs._private_jobs');
    await cancel();
    expect(await database.query<{ key: string }>('select key from trainer_dispatcher_jobs.jobs')).toEqual([{ key: `train-${cycleId}` }]);
  });
});

describe('the budget of a month', () => {
  const waits = async () => (await sent('ratchet.budget.changed')).map((news) => (news['waitingFor'] as { code?: string } | undefined)?.code);

  it('opens no cycle once it is used up, says so once, and says when it goes on', async () => {
    const config = configOf({ TRAINING_USD_PER_MONTH: '2' });
    const cycleId = await open(config);
    backend.finish(cycleId, succeeded);
    await run(cycleId, config);
    await database.query(`update cycles set state = 'insufficient', ended_at = now()`);
    await add('d2');
    expect(await open(config)).toBe('');
    expect(await open(config)).toBe('');
    expect(await waits()).toEqual(['month_budget']);
    await database.query(`update cycles set run_started_at = run_started_at - interval '40 days', run_ended_at = run_ended_at - interval '40 days'`);
    expect(await open(config)).not.toBe('');
    expect(await waits()).toEqual(['month_budget', undefined]);
  });

  it('ends a run that has used up its hours', async () => {
    const cycleId = await open();
    await expect(run(cycleId, configOf(), AbortSignal.timeout(150))).rejects.toThrow();
    await database.query(`update cycles set run_started_at = greatest(now() - interval '2 hours', date_trunc('month', now() at time zone 'UTC') at time zone 'UTC')`);
    await run(cycleId, configOf({ TRAINING_HOURS_PER_MONTH: '0.000001' }));
    expect(await failures()).toMatchObject([{ code: 'over_budget', reason: expect.stringContaining('hours are used up') }]);
    expect(await examples()).toEqual(['waiting']);
  });
});
