// What lineage is told from, as the console stores, shows and forgets it: against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException } from '@nestjs/common';
import {
  changedItemsAnswerSchema, cycleDetailSchema, cyclesPageSchema, cyclesQuerySchema, datasetDetailSchema, datasetsPageSchema, datasetsQuerySchema, decisionsPageSchema, decisionsQuerySchema, examplesPageSchema, examplesQuerySchema,
  lineageGraphSchema, versionDetailSchema, versionsPageSchema, versionsQuerySchema,
} from '@ratchet/console-api';
import { candidateJudged, candidateRegistered, datasetVersioned, erasureCompleted, examplesAdded, fixProposed, routingChanged, trainingStarted, versionPublished } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { CycleHandlers } from '../handlers/cycle.handlers.js';
import { ReviewHandlers } from '../handlers/review.handlers.js';
import { StateHandlers } from '../handlers/state.handlers.js';
import type { LiveFeed } from '../live/live-feed.js';
import { migrations } from '../persistence/migrations.js';
import { CyclesController } from './cycles.controller.js';
import { DatasetsController } from './datasets.controller.js';
import { LineageHandlers } from './lineage.handlers.js';
import { VersionsController } from './versions.controller.js';

const target = { model: 'team/assistant', workload: 'support' };
const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000001Z`;
const envelope = <Data>(id: string, data: Data) => ({ id, source: '/t', type: 't', time: at(0), data });

let store: TestDatabase;
let database: Database;
let datasets: DatasetsController;
let cycles: CyclesController;
let versions: VersionsController;
const [state, cycleHandlers, lineage] = [new StateHandlers(), new CycleHandlers(Logger.silent()), new LineageHandlers()];
let reviews: ReviewHandlers;

const example = (exampleId: string, change: object = {}) => ({ exampleId, input: `asked ${exampleId}\0`, output: `answer ${exampleId}`, source: 'user_correction', split: 'train', confidence: 1, lineage: { interactionIds: [`i-${exampleId}`, 'shared'], opportunityId: 'o1' }, ...change });
const versioned = (datasetId: string, minute: number, change: object = {}) =>
  datasetVersioned.schema.parse({ datasetId, ...target, purpose: 'training', trainCount: 2, testCount: 1, contentHash: 'h', opportunityIds: ['o1'], failuresAnalyzed: 9, rejected: [{ reason: 'duplicate', count: 4 }], highPriority: false, versionedAt: at(minute), ...change });
const told = (work: (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<void>) => database.transaction(work);

const addDataset = async (datasetId: string, minute: number, ids: readonly string[], change: object = {}): Promise<void> => {
  const examples = ids.map((id, place) => example(id, place === 0 ? { split: 'test', category: 'cards' } : {}));
  await told((tx) => lineage.onExamples(envelope(`x-${datasetId}`, examplesAdded.schema.parse({ datasetId, ...target, examples, addedAt: at(minute) })), tx));
  await told((tx) => lineage.onDataset(envelope(`d-${datasetId}`, versioned(datasetId, minute, change)), tx));
};
const publish = (versionId: string, ordinal: number, parentVersion?: string): Promise<void> =>
  told((tx) => state.onVersion(envelope(`v-${versionId}`, versionPublished.schema.parse({ versionId, ...target, ordinal, bundle: { provider: { name: 'p', model: versionId } }, contentHash: 'h', ...(parentVersion && { parentVersion }), publishedAt: at(ordinal) })), tx));
const changed = (exampleId: string) => ({ itemId: `target:d2:${exampleId}`, exampleId, suite: 'target', category: 'c', prompt: `asked ${exampleId}`, oldAnswer: 'before', newAnswer: 'after', oldScore: 1, newScore: 0 });

const runCycle = async (cycleId: string, version: string, baseVersion: string, minute: number): Promise<void> => {
  const of = { cycleId, ...target, trainingRunId: `r-${cycleId}`, baseVersion, datasetIds: ['d2'], opportunityIds: ['o1'], trainingConfig: { epochs: 3 } };
  const started = envelope(`s-${cycleId}`, trainingStarted.schema.parse({ ...of, trigger: 'data_threshold', triggerReason: 'enough', failuresAnalyzed: 9, exampleCount: 3, triggerFacts: { examples: 3 }, startedAt: at(minute) }));
  const registered = envelope(`c-${cycleId}`, candidateRegistered.schema.parse({ ...of, version, trainingSeconds: 2, backend: 'openai', metrics: { train_loss: 0.5 }, lossCurve: [{ step: 1, trainLoss: 2 }, { step: 2, trainLoss: 1, retentionLoss: 0.5 }], registeredAt: at(minute + 1) }));
  const gate = { name: 'no_regression', required: true, verdict: 'failed', value: -0.1, halfWidth: 0.02, n: 200, threshold: -0.02, message: 'worse', categories: [{ category: 'cards', n: 20, old: 1, new: 0.5, difference: -0.5, halfWidth: null, harmed: true, thin: false }] };
  const changes = { better: [], worse: [changed('b'), { ...changed('shipped'), exampleId: undefined }], betterCount: 0, worseCount: 7 };
  const judged = envelope(`j-${cycleId}`, candidateJudged.schema.parse({ cycleId, ...target, version, baseVersion, outcome: 'failed', gates: [gate], message: 'no', changes, judgedAt: at(minute + 2) }));
  await told(async (tx) => {
    await cycleHandlers.onStarted(started, tx);
    await lineage.onStarted(started, tx);
  });
  await told(async (tx) => {
    await cycleHandlers.onRegistered(registered, tx);
    await lineage.onRegistered(registered, tx);
  });
  await told(async (tx) => {
    await cycleHandlers.onJudged(judged, tx);
    await lineage.onJudged(judged, tx);
  });
};

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  [datasets, cycles, versions] = [new DatasetsController(database), new CyclesController(database), new VersionsController(database)];
  reviews = new ReviewHandlers({ forget: () => undefined } as unknown as LiveFeed);
  await addDataset('d1', 1, ['a', 'b']);
  await addDataset('d2', 2, ['b', 'c', 'd'], { previousDatasetId: 'd1', opportunityIds: ['o1'] });
  await told((tx) => lineage.onFix(envelope('f', fixProposed.schema.parse({ fixId: 'f1', ...target, baseVersion: 'v1', opportunityId: 'o1', fixType: 'prompt_patch', patch: { systemPrompt: '## What user b said' }, summary: 'quotes b', datasetId: 'd2', proposedAt: at(3) })), tx));
  await publish('v1', 1);
  await publish('v2', 2, 'v1');
  await told((tx) => state.onRouting(envelope('r', routingChanged.schema.parse({ ...target, revision: 1, champion: 'v1', share: 0, stage: 0, salt: 's', stickTo: 'user', changedAt: at(1) })), tx));
  await runCycle('c1', 'v2', 'v1', 10);
  await runCycle('c2', 'v3', 'v2', 20);
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});

describe('datasets', () => {
  it('are listed page by page, the newest first', async () => {
    const first = datasetsPageSchema.parse(await datasets.datasets(datasetsQuerySchema.parse({ limit: '1', ...target })));
    const second = datasetsPageSchema.parse(await datasets.datasets(datasetsQuerySchema.parse({ limit: '1', ...target, after: first.next })));
    expect([...first.items, ...second.items].map(({ datasetId }) => datasetId)).toEqual(['d2', 'd1']);
    expect(second.next).toBeNull();
    await expect(datasets.datasets(datasetsQuerySchema.parse({ after: 'bm90IG9uZQ' }))).rejects.toThrow(BadRequestException);
  });

  it('tell what they are made of, how they differ from the one before, and who used them', async () => {
    const dataset = datasetDetailSchema.parse(await datasets.dataset('d2'));
    expect(dataset).toMatchObject({ kept: 3, sources: [{ name: 'user_correction', train: 2, test: 1 }], difference: { previousDatasetId: 'd1', onlyHere: 2, onlyBefore: 1, inBoth: 1 }, fixes: [{ fixId: 'f1' }], rejected: [{ reason: 'duplicate', count: 4 }] });
    expect(dataset.cycles.map(({ cycleId }) => cycleId)).toEqual(['c2', 'c1']);
    expect((await datasets.dataset('d1')).difference).toBeNull();
    await expect(datasets.dataset('d\0')).rejects.toThrow(NotFoundException);
  });

  it('give their examples by filters', async () => {
    const of = async (query: object): Promise<string[]> => examplesPageSchema.parse(await datasets.examples('d2', examplesQuerySchema.parse(query))).items.map(({ exampleId }) => exampleId);
    expect(await of({})).toEqual(['b', 'c', 'd']);
    expect(await of({ split: 'test' })).toEqual(['b']);
    expect(await of({ category: 'cards', source: 'user_correction' })).toEqual(['b']);
    const { next } = await datasets.examples('d2', examplesQuerySchema.parse({ limit: 2 }));
    expect(await of({ limit: 2, after: next })).toEqual(['d']);
  });
});

describe('cycles', () => {
  it('are listed, and each tells its run, curve, gates and decisions', async () => {
    const page = cyclesPageSchema.parse(await cycles.cycles(cyclesQuerySchema.parse({ state: 'rejected', limit: 1 })));
    expect(page.items[0]).toMatchObject({ cycleId: 'c2', outcome: 'failed', trigger: 'data_threshold', exampleCount: 3 });
    expect((await cycles.cycles(cyclesQuerySchema.parse({ limit: 1, after: page.next }))).items[0]?.cycleId).toBe('c1');
    const cycle = cycleDetailSchema.parse(await cycles.cycle('c1'));
    expect(cycle).toMatchObject({ lossCurve: [{ step: 1, trainLoss: 2 }, { step: 2, trainLoss: 1, retentionLoss: 0.5 }], run: { backend: 'openai', seconds: 2, metrics: { train_loss: 0.5 }, failed: null }, report: { outcome: 'failed', gates: [{ categories: [{ harmed: true }] }] }, triggerFacts: { examples: 3 } });
    expect(cycle.decisions).toMatchObject([{ kind: 'verdict', actor: 'evaluator' }]);
    expect(decisionsPageSchema.parse(await cycles.decisions(decisionsQuerySchema.parse({ model: target.model }), { name: 'ana', role: 'viewer', via: 'token', readOnly: true })).items).toHaveLength(2);
    expect(changedItemsAnswerSchema.parse(await cycles.changes('c1'))).toMatchObject({ better: [], worse: [{ exampleId: 'b', oldAnswer: 'before', newAnswer: 'after' }, { itemId: 'target:d2:shipped' }], worseCount: 7 });
  });

  it('keep no texts of items in what is never changed', async () => {
    const rows = await database.query(`select facts::text as text from cycles union all select body::text from decisions union all select record::text from audit_records`);
    for (const { text } of rows) expect(text).not.toContain('asked b');
  });
});

describe('versions', () => {
  it('are listed by target, the newest first, with who serves', async () => {
    const { items } = versionsPageSchema.parse(await versions.versions(versionsQuerySchema.parse({})));
    expect(items.map(({ version, role, cycleId }) => [version, role, cycleId])).toEqual([['v2', 'none', 'c1'], ['v1', 'champion', null]]);
    const { next } = await versions.versions(versionsQuerySchema.parse({ limit: 1 }));
    expect((await versions.versions(versionsQuerySchema.parse({ limit: 1, after: next }))).items.map(({ version }) => version)).toEqual(['v1']);
  });

  it('tell their bundle, their base, their verdict, and where they come from', async () => {
    const [model, workload] = [target.model, target.workload];
    expect(versionDetailSchema.parse(await versions.version(model, workload, 'v2'))).toMatchObject({ bundle: { provider: { model: 'v2' } }, parentBundle: { provider: { model: 'v1' } }, report: { outcome: 'failed' }, children: [] });
    expect((await versions.version(model, workload, 'v1')).children).toEqual(['v2']);
    const graph = lineageGraphSchema.parse(await versions.lineage(model, workload, 'v2'));
    for (const [from, to] of [['interaction:i-b', 'opportunity:o1'], ['opportunity:o1', 'dataset:d2'], ['dataset:d2', 'run:c1'], ['run:c1', 'version:v2'], ['version:v2', 'verdict:c1']]) expect(graph.edges).toContainEqual({ from, to });
    await expect(versions.lineage(model, workload, 'v9')).rejects.toThrow(NotFoundException);
  });
});

describe('an erasure', () => {
  it('takes a user out of examples, items, fixes and lineage, for good', async () => {
    const erasure = erasureCompleted.schema.parse({ erasureId: 'e', ...target, service: 'data-generator', userHash: 'h', removed: {}, exampleIds: ['b'], interactionIds: ['i-b', 'shared'], datasetIds: ['d1', 'd2'], versions: ['v2'], completedAt: at(30) });
    await told((tx) => reviews.onErasure(envelope('e', erasure), tx));
    await addDataset('d1', 1, ['a', 'b']);
    await runCycle('c3', 'v4', 'v2', 40);
    const texts = await database.query(`select body::text as text from dataset_examples union all select body::text from verdict_items union all select body::text from fixes`);
    expect(texts.length).toBeGreaterThan(3);
    for (const { text } of texts) expect(text).not.toMatch(/asked b|answer b|user b|quotes b|"shared"/u);
    expect((await cycles.changes('c1')).worse).toMatchObject([{ itemId: 'target:d2:shipped', newAnswer: null, oldAnswer: 'before' }]);
    expect((await cycles.changes('c2')).worse).toMatchObject([{ newAnswer: 'after', oldAnswer: null }]);
    expect((await datasets.dataset('d2')).kept).toBe(2);
    expect(fixProposed.schema.safeParse((await database.query('select body from fixes'))[0]?.['body']).error).toBeUndefined();
  });
});
