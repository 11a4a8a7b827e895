// Rollouts, experiments, orders and counts over time, as the console stores and shows them: against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { experimentDetailSchema, experimentsSchema, rolloutDetailSchema, rolloutsSchema, seriesSchema } from '@ratchet/console-api';
import {
  type Command, commandIssued, commandRefused, emptyHistogram, type EvidenceRecord, experimentConcluded, experimentUpdated, histogramOf, rolloutAdvanced, versionPromoted, versionRolledBack,
  type VitalsCounted, vitalsCounted,
} from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { storeRouting } from '../persistence/console.repository.js';
import { ExperimentsController } from './experiments.controller.js';
import { RolloutsController } from './rollouts.controller.js';
import { mergeVitals } from '../vitals/merge-vitals.js';
import { VitalsHandlers } from '../vitals/vitals.handlers.js';
import { RolloutsHandlers } from './rollouts.handlers.js';
import { addRunCounts, ROWS_MAX, runCounts } from './run-counts.repository.js';

let store: TestDatabase;
let database: Database;
let app: INestApplicationContext;
let handlers: RolloutsHandlers;

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  const logger = Logger.silent();
  const kafka = createKafka({ brokers: ['localhost:1'], clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config: {} as never, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform], controllers: [RolloutsController, ExperimentsController, RolloutsHandlers, VitalsHandlers] }, { logger: ['error'] });
  handlers = app.get(RolloutsHandlers);
});
afterAll(async () => {
  await app?.close();
  await database?.stop();
  await store?.drop();
});

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const envelope = <Data>(id: string, data: Data) => ({ id, source: '/t', type: 't', time: at(0), data });
const told = (work: (tx: Transaction) => Promise<void>): Promise<void> => database.transaction(work);

const arm = { units: 100, failedUnits: 10, outcomes: 100, failures: 10, errors: 0, unsafe: 0, latencyP95Ms: 120 };
const evidence: EvidenceRecord = { candidate: arm, control: arm, tests: [{ name: 'success_rate', value: 0.05, lower: -0.01, upper: 0.11, threshold: 0, verdict: 'open' }], formulaVersion: 'rollout-2' };
const target = { model: 'm', workload: 'support' };
const common = (rolloutId: string) => ({ rolloutId, cycleId: `cycle ${rolloutId}`, ...target, version: 'v2', previousVersion: 'v1', actor: 'policy:rollout-2', reason: 'because', evidence });

const advanced = (rolloutId: string, sequence: number, parts: object = {}): Promise<void> => {
  const data = rolloutAdvanced.schema.parse({ ...common(rolloutId), sequence, from: 'DRAFT', to: 'RUNNING(1)', stage: 1, share: 0.01, advancedAt: at(sequence), ...parts });
  return told((tx) => handlers.onAdvanced(envelope(`${rolloutId} ${sequence}`, data), tx));
};

const vitals = (parts: Partial<VitalsCounted>): VitalsCounted =>
  vitalsCounted.schema.parse({
    vitalsId: 'v', ...target, version: 'v2', arm: 'candidate', rolloutId: 'r1', stage: 1, requests: 10, errors: 0, fellBack: 1, overridden: 0, outcomes: 10, failures: 1, unsafe: 0, failuresBySignal: {},
    units: { count: 10, failed: 1, sumY: 1, sumN: 10, sumYY: 1, sumYN: 1, sumNN: 10 }, latencyMs: histogramOf([100, 100, 400]), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: at(1), to: at(1), ...parts,
  });

const order = (commandId: string, name: Command['name'], minute: number): Promise<void> =>
  told((tx) => handlers.onCommand(envelope(commandId, commandIssued.schema.parse({ commandId, name, ...target, actor: 'ada', reason: 'no\u0000w', issuedAt: at(minute) })), tx));

describe('a rollout', () => {
  it('is shown with its transitions, evidence and orders, and what came twice or late changes nothing', async () => {
    await advanced('r1', 2, { from: 'RUNNING(1)', to: 'PAUSED', actor: 'human:ada', commandId: 'c1' });
    await advanced('r1', 1);
    await advanced('r1', 1);
    await order('c1', 'rollout.pause', 2);
    await order('c2', 'rollout.pause', 3);
    await told((tx) => handlers.onRefused(envelope('x', commandRefused.schema.parse({ commandId: 'c2', name: 'rollout.pause', actor: 'ada', ...target, message: 'it is paused already', refusedAt: at(3) })), tx));
    const shown = await app.get(RolloutsController).rollout('r1');
    expect(rolloutDetailSchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ state: 'PAUSED', isOpen: true, sequence: 2, startedAt: at(1), evidence, orders: [{ commandId: 'c1', reason: 'no\uFFFDw', refusal: null }, { commandId: 'c2', refusal: 'it is paused already' }] });
    expect(shown.transitions.map(({ sequence, to }) => [sequence, to])).toEqual([[1, 'RUNNING(1)'], [2, 'PAUSED']]);
    const [first] = shown.transitions;
    expect(await app.get(RolloutsController).transition('r1', first?.transitionId ?? '')).toEqual({ ...first, evidence });
  });

  it('says what became of an order: refused, obeyed, or only ordered', async () => {
    const fates = await Promise.all(['c2', 'c1', 'never heard of', '\u0000'].map((id) => app.get(RolloutsController).order(id)));
    expect(fates.map(({ fate, message }) => [fate, message])).toEqual([['refused', 'it is paused already'], ['obeyed', 'PAUSED'], ['ordered', null], ['ordered', null]]);
  });

  it('that nobody knows is not found, whatever its id', async () => {
    await expect(app.get(RolloutsController).rollout('\u0000')).rejects.toThrow('there is no rollout');
    await expect(app.get(RolloutsController).transition('r1', 'none')).rejects.toThrow('no transition');
  });

  it('is listed by page, open ones apart from ended ones', async () => {
    for (const [i, id] of ['r2', 'r3', 'r4'].entries()) await advanced(id, 10 + i, { to: 'CANCELLED', stage: 0, share: 0 });
    await told((tx) => handlers.onRolledBack(envelope('b', versionRolledBack.schema.parse({ ...common('r5'), stage: 1, metric: 'success_rate', sequence: 3, rolledBackAt: at(20) })), tx));
    await told((tx) => handlers.onPromoted(envelope('p', versionPromoted.schema.parse({ ...common('r6'), opportunityIds: [], datasetIds: [], promotedAt: at(21) })), tx));
    const page = (query: object) => app.get(RolloutsController).rollouts({ limit: 2, is: 'ended', ...query });
    const first = await page({});
    expect(rolloutsSchema.parse(first)).toEqual(first);
    const second = await page({ after: first.next });
    const third = await page({ after: second.next });
    expect([...first.items, ...second.items, ...third.items].map(({ rolloutId }) => rolloutId)).toEqual(['r6', 'r5', 'r4', 'r3', 'r2']);
    expect(third.next).toBeNull();
    expect((await app.get(RolloutsController).rollouts({ limit: 50, is: 'open', ...target })).items.map(({ rolloutId }) => rolloutId)).toEqual(['r1']);
  });

  it('has counts over time, whatever order they come in, of versions that its arms serve', async () => {
    for (const minute of [3, 1, 2]) await told((tx) => app.get(VitalsHandlers).onVitals(envelope('v', vitals({ to: at(minute) })), tx));
    await told((tx) => app.get(VitalsHandlers).onVitals(envelope('v', vitals({ version: 'v9' })), tx));
    const series = await app.get(RolloutsController).series('r1');
    expect(seriesSchema.parse(series)).toEqual(series);
    expect(series.points.map(({ candidate }) => [candidate.units, candidate.failed, candidate.errors])).toEqual([[10, 1, 1], [20, 2, 2], [30, 3, 3]]);
    expect(series.points.at(-1)?.candidate.latencyP95Ms).toBeGreaterThan(350);
  });
});

describe('counts of a long run', () => {
  it('are kept in ever longer buckets, and none is lost', async () => {
    const n = ROWS_MAX + 10;
    const { units } = vitals({});
    await told(async (tx) => {
      const counted = Array.from({ length: n }, (_, i) => vitals({ rolloutId: 'long', units: { ...units, count: 1, failed: 0 }, to: new Date(Date.UTC(2026, 0, 1) + i * 5_000).toISOString() }));
      for (const sum of mergeVitals(counted)) await addRunCounts(tx, sum);
    });
    const { rows, bucketSeconds } = await runCounts(database, 'long');
    expect(rows.length).toBeLessThanOrEqual(ROWS_MAX / 2 + 20);
    expect(rows.reduce((sum, row) => sum + row.units, 0)).toBe(n);
    expect(rows.reduce((sum, { latency }) => sum + Object.values(latency).reduce((all, count) => all + count, 0), 0)).toBe(3 * n);
    expect(bucketSeconds).toBe(20);
  });
});

describe('the automation of a target', () => {
  it('is held by the last word of people, unless that was refused', async () => {
    await told((tx) => storeRouting(tx, { ...target, revision: 1, champion: 'v1', share: 0, stage: 0, salt: '', stickTo: 'conversation', changedAt: at(0) }));
    const isHeld = async (): Promise<boolean | undefined> => (await app.get(RolloutsController).automation()).items[0]?.isHeld;
    expect(await isHeld()).toBe(false);
    await order('h2', 'automation.hold', 31);
    await order('h1', 'automation.release', 30);
    expect(await isHeld()).toBe(true);
    await told((tx) => handlers.onRefused(envelope('y', commandRefused.schema.parse({ commandId: 'h2', name: 'automation.hold', actor: 'ada', ...target, message: 'no champion', refusedAt: at(31) })), tx));
    expect(await isHeld()).toBe(false);
  });
});

describe('an experiment', () => {
  const reading = { difference: 0.02, lower: -0.01, upper: 0.05 };
  const updated = (sequence: number, parts: object): Promise<void> => {
    const data = experimentUpdated.schema.parse({
      experimentId: 'e1', ...target, control: 'v1', treatment: 'v2', sequence, status: 'running', plan: { type: 'open' }, share: 0.5, controlShare: 0.5, alpha: 0.05, margin: 0.05, looks: sequence, actor: 'policy:e', reason: `step ${sequence}`,
      updatedAt: at(40 + sequence), ...parts,
    });
    return told((tx) => handlers.onExperiment(envelope(`e ${sequence}`, data), tx));
  };

  it('stands where its last step left it, with all looks and its conclusion', async () => {
    await updated(2, { reading });
    await updated(1, {});
    await updated(3, { status: 'concluded', reading });
    await told((tx) => handlers.onConcluded(envelope('ec', experimentConcluded.schema.parse({ experimentId: 'e1', ...target, control: 'v1', treatment: 'v2', verdict: 'no_difference', ...reading, concludedAt: at(43) })), tx));
    const shown = await app.get(ExperimentsController).experiment('e1');
    expect(experimentDetailSchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ status: 'concluded', isOpen: false, verdict: 'no_difference', startedAt: at(41), conclusion: { reading } });
    expect(shown.steps.map(({ sequence, reading: seen }) => [sequence, seen !== null])).toEqual([[1, false], [2, true], [3, true]]);
    const list = await app.get(ExperimentsController).experiments({ limit: 50, is: 'ended', ...target });
    expect(experimentsSchema.parse(list)).toEqual(list);
    expect(list.items).toHaveLength(1);
    expect((await app.get(ExperimentsController).series('e1')).points).toEqual([]);
  });
});
