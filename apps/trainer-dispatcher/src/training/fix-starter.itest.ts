// Fixes that are no training, from their event to a candidate, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventEnvelope } from '@ratchet/contracts';
import { bundleHash, versionIdOf } from '@ratchet/domain';
import type { AlertRaised, Bundle, CandidateRegistered, Command, DatasetVersioned, ExamplesAdded, FixProposed, TrainingStarted, VersionPromoted, VersionPublished } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config.js';
import { contract } from '../contract.js';
import { CycleHandlers } from '../handlers/cycle.handlers.js';
import { DatasetHandlers } from '../handlers/dataset.handlers.js';
import { FixHandlers } from '../handlers/fix.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { insertVersion } from '../persistence/trainer.repository.js';
import { FixStarter } from './fix-starter.js';

let server: TestDatabase;
let database: Database;
let app: INestApplicationContext;
let target = { model: 'm', workload: '' };
let bundle: Bundle;
let champion = '';

const now = (): string => new Date().toISOString();
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now(), data });

beforeAll(async () => {
  server = await createTestDatabase('fixes');
  const logger = Logger.silent();
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, PROVIDERS: '{"p":{"baseUrl":"http://localhost:1/v1"}}' });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.create()] }, { logger: ['error'] });
});

afterAll(async () => {
  await app?.close();
  await database?.stop();
  await server?.drop();
});

beforeEach(async () => {
  target = { model: 'm', workload: randomUUID() };
  bundle = { provider: { name: 'p', model: 'x' }, systemPrompt: `You serve ${target.workload}.`, safety: { threshold: 0.5 } };
  champion = versionIdOf({ ordinal: 1, bundle });
  const adopt = { name: 'target.adopt', commandId: randomUUID(), actor: 'ada', reason: 'first', ...target, bundle, issuedAt: now() } as Command;
  await database.transaction((tx) => app.get(CycleHandlers).onCommand(event(adopt), tx));
});

const propose = async (change: Partial<FixProposed> = {}): Promise<string> => {
  const fix: FixProposed = {
    fixId: randomUUID(), ...target, baseVersion: champion, opportunityId: randomUUID(), fixType: 'prompt_patch', patch: { systemPrompt: '## Form\nBe brief.' }, summary: 'It asks for short answers', datasetId: 'd', proposedAt: now(),
    ...change,
  };
  await database.transaction((tx) => app.get(FixHandlers).onProposed(event(fix), tx));
  return fix.fixId;
};
const tick = (): Promise<void> => app.get(FixStarter).tick();
const sent = async <Data>(type: string): Promise<Data[]> =>
  (await database.query<{ data: Data }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 and value::jsonb->>'workload' = $2 order by sequence`, [type, target.workload])).map(({ data }) => data);
const started = (): Promise<TrainingStarted[]> => sent('ratchet.training.started');
const registered = (): Promise<CandidateRegistered[]> => sent('ratchet.candidate.registered');
const versions = (): Promise<VersionPublished[]> => sent('ratchet.version.published');
const stateOf = async (fixId: string): Promise<unknown> => (await database.query('select state from fixes where fix_id = $1', [fixId]))[0]?.['state'];
const judge = (cycleId: string | undefined, outcome: 'passed' | 'failed' | 'insufficient' | 'superseded'): Promise<void> =>
  database.transaction((tx) => app.get(CycleHandlers).onJudged(event({ cycleId: cycleId ?? '', ...target, version: 'v', baseVersion: champion, outcome, gates: [], message: '', judgedAt: now() }), tx));
const reject = (version: string): Promise<void> => {
  const command = { name: 'candidate.reject', commandId: randomUUID(), actor: 'ada', reason: 'not wanted', ...target, version, issuedAt: now() } as Command;
  return database.transaction((tx) => app.get(CycleHandlers).onCommand(event(command), tx));
};
const disputes = (): Promise<AlertRaised[]> => sent('ratchet.alert.raised');
/** As if so many milliseconds had passed since: of every cycle, and of the champion's promotion. */
const endedEarlier = async (ms: number): Promise<void> => {
  await database.query(`update cycles set ended_at = ended_at - $2 * interval '1 millisecond' where workload = $1`, [target.workload, ms]);
  await database.query(`update targets set champion_since = champion_since - $2 * interval '1 millisecond' where workload = $1`, [target.workload, ms]);
};
/** A version that no cycle made. */
const rival = async (): Promise<string> => {
  const other = { ...bundle, systemPrompt: 'Another one.' };
  const versionId = versionIdOf({ ordinal: 900, bundle: other });
  await database.transaction((tx) => insertVersion(tx, { ...target, versionId, ordinal: 900, bundle: other }));
  return versionId;
};
const serve = (version: string): Promise<void> => promote({ cycleId: randomUUID(), version });
const promote = ({ cycleId, version }: { cycleId: string; version: string }): Promise<void> =>
  database.transaction((tx) => app.get(CycleHandlers).onPromoted(event({ cycleId, ...target, version, previousVersion: champion } as VersionPromoted), tx));

describe('a proposed fix', () => {
  it("becomes a version of the champion's bundle with the patch, in a cycle that trains nothing", async () => {
    const fixId = await propose();
    await tick();
    const patched = { ...bundle, systemPrompt: `${bundle.systemPrompt}\n\n## Form\nBe brief.` };
    const version = versionIdOf({ ordinal: 2, bundle: patched });
    expect((await versions()).at(-1)).toMatchObject({ versionId: version, ordinal: 2, parentVersion: champion, bundle: patched, contentHash: bundleHash(patched) });
    expect(await started()).toMatchObject([{ fixId, trigger: 'high_priority_fix', triggerReason: 'It asks for short answers', baseVersion: champion, exampleCount: 0, datasetIds: ['d'], trainingConfig: { fixType: 'prompt_patch' } }]);
    expect(await registered()).toMatchObject([{ fixId, version, trainingSeconds: 0, datasetIds: ['d'], baseVersion: champion }]);
  });

  it('is tried once, however often it is told', async () => {
    const fixId = await propose();
    await propose({ fixId });
    await tick();
    await tick();
    expect(await registered()).toHaveLength(1);
  });

  it('waits while another cycle of its target is open, and is then built on what serves', async () => {
    await propose();
    await propose({ fixType: 'safety_threshold', patch: { safetyThreshold: 0.6 } });
    await tick();
    await tick();
    const [first, ...early] = await registered();
    expect(early).toEqual([]);
    if (first) await promote(first);
    await tick();
    const [, second] = await registered();
    expect(second).toMatchObject({ baseVersion: first?.version, trainingConfig: { fixType: 'safety_threshold', rebuiltFrom: champion } });
    expect((await versions()).at(-1)?.bundle).toMatchObject({ systemPrompt: expect.stringContaining('## Form'), safety: { threshold: 0.6 } });
  });

  it('is built again when another version came to serve during its cycle', async () => {
    const fixId = await propose();
    await tick();
    await judge((await registered())[0]?.cycleId, 'superseded');
    await serve(await rival());
    await tick();
    const all = await registered();
    expect(all.map((one) => one.fixId)).toEqual([fixId, fixId]);
    expect(new Set(all.map(({ cycleId }) => cycleId)).size).toBe(2);
  });

  it('waits longer each time where no other champion is known here, says so at the third, and takes it back when one comes', async () => {
    const fixId = await propose();
    for (const round of [1, 2, 3]) {
      await tick();
      expect(await registered()).toHaveLength(round);
      await judge((await registered()).at(-1)?.cycleId, 'superseded');
      expect(await disputes()).toHaveLength(round === 3 ? 1 : 0);
      await tick();
      expect(await registered()).toHaveLength(round);
      await endedEarlier(2 ** round * 60_000 - 5_000);
      await tick();
      expect(await registered()).toHaveLength(round);
      await endedEarlier(5_000);
    }
    expect(await stateOf(fixId)).toBe('waiting');
    const [raised] = await disputes();
    expect(raised).toMatchObject({ name: 'champion_disputed', severity: 'warning', message: expect.stringContaining(champion) });
    await serve(await rival());
    expect(await sent('ratchet.alert.resolved')).toMatchObject([{ alertId: raised?.alertId, name: 'champion_disputed' }]);
    await tick();
    expect(await registered()).toHaveLength(4);
  });

  it.each([
    ['judged otherwise', ({ cycleId }: CandidateRegistered) => judge(cycleId, 'failed')],
    ['rejected by a person', ({ version }: CandidateRegistered) => reject(version)],
  ])('is disputed no more as soon as one of its cycles is %s', async (_, decide) => {
    await propose();
    await propose({ fixType: 'safety_threshold', patch: { safetyThreshold: 0.6 } });
    for (let round = 1; round <= 4; round += 1) {
      await tick();
      const candidate = (await registered()).at(-1) as CandidateRegistered;
      await (round === 4 ? decide(candidate) : judge(candidate.cycleId, 'superseded'));
      await endedEarlier(2 ** round * 60_000);
    }
    expect(await registered()).toHaveLength(4);
    expect(await disputes()).toHaveLength(1);
    expect(await sent('ratchet.alert.resolved')).toHaveLength(1);
    await tick();
    expect(await registered()).toHaveLength(5);
  });

  it.each([['failed', 'rejected'], ['insufficient', 'insufficient']] as const)('that is %s by the gates is remembered as %s, and not tried again', async (outcome, state) => {
    const fixId = await propose();
    await tick();
    await judge((await registered())[0]?.cycleId, outcome);
    await tick();
    expect(await registered()).toHaveLength(1);
    expect(await stateOf(fixId)).toBe(state);
  });

  it('that changes nothing any more ends its cycle with the reason', async () => {
    const fixId = await propose({ fixType: 'safety_threshold', patch: { safetyThreshold: 0.4 } });
    await tick();
    expect(await registered()).toEqual([]);
    expect(await sent('ratchet.training.failed')).toMatchObject([{ reason: expect.stringMatching(/already has/u) }]);
    await tick();
    expect(await stateOf(fixId)).toBe('failed');
    expect(await started()).toHaveLength(1);
  });

  it('is dropped where its opportunity is closed before it is tried', async () => {
    const fixId = await propose({ opportunityId: 'gone' });
    await database.transaction((tx) => app.get(FixHandlers).onClosed(event({ opportunityId: 'gone', ...target, reason: 'faded', closedAt: now() }), tx));
    await tick();
    expect(await registered()).toEqual([]);
    expect(await stateOf(fixId)).toBe('dropped');
  });

  it('leaves examples that wait for training as they are, and its own questions are trained on by nobody', async () => {
    const example: ExamplesAdded['examples'][number] = { exampleId: randomUUID(), input: 'i', output: 'o', source: 'user_correction', split: 'test', confidence: 1, lineage: { interactionIds: [] } };
    const dataset: DatasetVersioned = { datasetId: randomUUID(), ...target, purpose: 'training', trainCount: 0, testCount: 1, contentHash: 'h', opportunityIds: [], failuresAnalyzed: 40, rejected: [], highPriority: false, versionedAt: now() };
    const handlers = app.get(DatasetHandlers);
    await database.transaction((tx) => handlers.onExamples(event({ datasetId: dataset.datasetId, ...target, examples: [example], addedAt: now() }), tx));
    await database.transaction((tx) => handlers.onDataset(event(dataset), tx));
    const trainedBefore = await database.query('select last_cycle_at from targets where workload = $1', [target.workload]);
    await propose({ datasetId: dataset.datasetId });
    await tick();
    expect(await database.query('select 1 from examples where dataset_id = $1', [dataset.datasetId])).toEqual([]);
    expect(await started()).toMatchObject([{ failuresAnalyzed: 40 }]);
    expect(await database.query('select last_cycle_at from targets where workload = $1', [target.workload])).toEqual(trainedBefore);
  });
});
