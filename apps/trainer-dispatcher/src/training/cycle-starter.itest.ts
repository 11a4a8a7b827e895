// When a cycle begins by itself, by a person's command, and never twice, against a real PostgreSQL.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command, DatasetVersioned, Example, TrainingStarted } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { DatasetHandlers } from '../handlers/dataset.handlers.js';
import { HoldHandlers } from '../handlers/hold.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { crownChampion, endCycle, insertCycle, insertTarget, insertVersion, storeExamples } from '../persistence/trainer.repository.js';
import type { CycleOutcome } from '../persistence/trainer.repository.js';
import type { CycleStarter } from './cycle-starter.js';
import { starterWith } from './spec-support/wiring.js';

const target = { model: 'assistant', workload: 'default' };
const now = (): string => new Date().toISOString();
let server: TestDatabase;
const databases: Database[] = [];
let starters: CycleStarter[] = [];
let handlers: DatasetHandlers;

const starterOn = (database: Database, env: Record<string, string> = {}): CycleStarter =>
  starterWith(loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, PROVIDERS: '{"p":{"baseUrl":"http://localhost:1/v1"}}', TRIGGER_PAUSE_MS: '0', ...env }), database);
const first = (): Database => databases[0] as Database;

beforeAll(async () => {
  server = await createTestDatabase('starter');
  for (let i = 0; i < 2; i += 1) {
    const database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations });
    await database.start();
    databases.push(database);
  }
  await prepareJobs({ url: server.url, service: 'trainer-dispatcher', logger: Logger.silent() });
  starters = databases.map((database) => starterOn(database));
  handlers = new DatasetHandlers(starters[0] as CycleStarter);
});
afterAll(async () => {
  for (const database of databases) await database.stop();
  await server?.drop();
});
beforeEach(async () => {
  await first().query('truncate targets, versions, datasets, examples, cycles, vitals_by_minute, outbox');
  await first().query('delete from trainer_dispatcher_jobs._private_jobs');
  await first().transaction(async (tx) => {
    await insertTarget(tx, target, 'v1');
    await insertVersion(tx, { ...target, versionId: 'v1', ordinal: 1, bundle: { provider: { name: 'p', model: 'base' } } });
  });
});

const event = <Data>(data: Data) => ({ id: `event-${Math.random()}`, source: '/test', type: 'test', time: now(), data });
const addDataset = async (datasetId: string, highPriority: boolean): Promise<void> => {
  const example: Example = { exampleId: `${datasetId}-1`, input: 'in', output: 'out', source: 'user_correction', split: 'train', confidence: 0.9, lineage: { interactionIds: [] } };
  const dataset: DatasetVersioned = { ...target, datasetId, purpose: 'training', trainCount: 1, testCount: 0, contentHash: 'h', opportunityIds: [], failuresAnalyzed: 5, rejected: [], highPriority, versionedAt: now() };
  await first().transaction(async (tx) => {
    await storeExamples(tx, { ...target, datasetId, examples: [example], addedAt: now() });
    await handlers.onDataset(event(dataset), tx);
  });
};
const sent = async <Data>(type: string): Promise<Data[]> => (await first().query<{ data: Data }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 order by sequence`, [type])).map(({ data }) => data);
const started = (): Promise<TrainingStarted[]> => sent('ratchet.training.started');
const tick = (): Promise<void> => (starters[0] as CycleStarter).tick();
const order = (name: 'automation.hold' | 'automation.release'): Promise<void> =>
  first().transaction((tx) => new HoldHandlers().onCommand(event({ name, commandId: 'c', actor: 'ada', reason: 'r', ...target, issuedAt: now() } as Command), tx));
const command = (id: string): Promise<void> => first().transaction((tx) => (starters[0] as CycleStarter).startByCommand(tx, target, 'a person asks', id));
const end = (outcome: CycleOutcome): Promise<void> =>
  first().transaction(async (tx) => {
    const [row] = await tx.query<{ cycle_id: string }>('select cycle_id from cycles where ended_at is null');
    await endCycle(tx, row?.cycle_id ?? '', outcome);
  });

describe('a cycle by a trigger', () => {
  it('is begun once where two dispatchers see the trigger at the same time', async () => {
    await addDataset('d1', true);
    await Promise.all([...starters, ...starters].map((starter) => starter.tick()));
    expect(await started()).toHaveLength(1);
  });

  it('cannot stand beside another of its target, whoever writes it', async () => {
    const cycle = { ...target, trigger: 'command', reason: '', baseVersion: 'v1', trainingRunId: 'r', trainingConfig: {} };
    await first().transaction((tx) => insertCycle(tx, { ...cycle, cycleId: 'one' }));
    await expect(databases[1]?.transaction((tx) => insertCycle(tx, { ...cycle, cycleId: 'two' }))).rejects.toThrow('one_open_cycle_a_target');
  });

  it('shows what every trigger saw', async () => {
    await addDataset('d1', true);
    await tick();
    expect(await started()).toMatchObject([{ trigger: 'high_priority_fix', triggerFacts: { fired: 'high_priority_fix', newExamples: 1, exampleThreshold: 1_000, scheduleDays: 7, currentOutcomes: 0, degradationRatio: 1.1, held: false } }]);
  });

  it('is looked for soon after a dataset and after outcomes: one look for many events, no later for each', async () => {
    const jobs = () => first().query<{ run_at: Date; payload: object }>(`select run_at, payload from trainer_dispatcher_jobs._private_jobs`);
    await addDataset('d1', true);
    const [job] = await jobs();
    await addDataset('d2', true);
    await first().transaction((tx) => handlers.onVitals(event({ ...target, version: 'v1', outcomes: 3, failures: 1, to: now() } as never), tx));
    expect(await jobs()).toEqual([job]);
    await (starters[0] as CycleStarter).run(job?.payload);
    expect(await started()).toHaveLength(1);
  });

  it('compares the first outcomes of the champion with those that came later', async () => {
    await addDataset('d1', false);
    const vitals = (minutesAgo: number, outcomes: number, failures: number): Promise<void> =>
      first().transaction((tx) => handlers.onVitals(event({ ...target, version: 'v1', outcomes, failures, to: new Date(Date.now() - minutesAgo * 60_000).toISOString() } as never), tx));
    await vitals(60, 2_000, 200);
    await tick();
    await vitals(30, 1_000, 200);
    await tick();
    expect(await started()).toMatchObject([{ trigger: 'performance_degradation', triggerFacts: { baselineOutcomes: 2_000, baselineFailures: 200, currentOutcomes: 1_000, currentFailures: 200 } }]);
  });

  describe('waits', () => {
    let patient: CycleStarter;
    beforeEach(() => {
      patient = starterOn(first(), { TRIGGER_PAUSE_MS: '3600000' });
    });
    const begins = async (minutesLater: number): Promise<boolean> => {
      await first().query(`update targets set last_cycle_at = now() - $1::int * interval '1 minute', champion_since = now() - interval '1 day'`, [minutesLater]);
      await first().query(`update cycles set ended_at = now() - $1::int * interval '1 minute' where ended_at is not null`, [minutesLater]);
      const before = (await started()).length;
      await patient.tick();
      return (await started()).length > before;
    };

    it('after one that came to nothing, and twice as long after the second', async () => {
      await addDataset('d1', true);
      expect([await begins(59), await begins(61)]).toEqual([false, true]);
      await end('rejected');
      await addDataset('d2', true);
      expect([await begins(119), await begins(121)]).toEqual([false, true]);
      await end('promoted');
      await addDataset('d3', true);
      expect([await begins(59), await begins(61)]).toEqual([false, true]);
    });

    it('twice as long after one that was superseded though its champion stays, and no longer where another one came', async () => {
      await addDataset('d1', true);
      expect(await begins(61)).toBe(true);
      await end('superseded');
      await addDataset('d2', true);
      expect([await begins(119), await begins(121)]).toEqual([false, true]);
      await end('superseded');
      await first().transaction(async (tx) => {
        await insertVersion(tx, { ...target, versionId: 'v2', ordinal: 2, bundle: { provider: { name: 'p', model: 'other' } } });
        await crownChampion(tx, target, 'v2');
      });
      await addDataset('d3', true);
      expect([await begins(59), await begins(61)]).toEqual([false, true]);
    });
  });
});

describe('a held target', () => {
  it('begins none by itself, one by command, and by itself again once it is released', async () => {
    await addDataset('d1', true);
    await order('automation.hold');
    await tick();
    expect(await started()).toEqual([]);
    await command('c1');
    expect(await started()).toMatchObject([{ trigger: 'command', triggerFacts: { held: true } }]);
    await end('promoted');
    await addDataset('d2', true);
    await tick();
    expect(await started()).toHaveLength(1);
    await order('automation.release');
    await tick();
    expect(await started()).toHaveLength(2);
  });
});

describe('a person who asks for a cycle that cannot begin', () => {
  const answers = () => sent<{ message: string }>('ratchet.alert.raised');

  it('is told why, and the alert does not stay', async () => {
    await command('c1');
    expect(await answers()).toMatchObject([{ name: 'training_not_started', severity: 'info', message: 'no cycle of assistant/default was begun: no example waits to be trained on' }]);
    expect(await sent('ratchet.alert.resolved')).toHaveLength(1);
    const [header] = await first().query<{ cause: string }>(`select headers->>'ce_causationid' as cause from outbox limit 1`);
    expect(header?.cause).toBe('c1');
  });

  it('is told which cycle is open, or that there is no champion', async () => {
    await addDataset('d1', true);
    await command('c1');
    await command('c2');
    const [{ cycleId } = { cycleId: '' }] = await started();
    expect(await answers()).toMatchObject([{ message: expect.stringContaining(`cycle ${cycleId} is open (training)`) }]);
    await first().query('truncate targets, cycles');
    await command('c3');
    expect((await answers()).at(-1)?.message).toContain('no champion');
  });
});
