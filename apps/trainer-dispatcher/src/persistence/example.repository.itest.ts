// Which waiting datasets a cycle takes together, and what a provider's trainer is sent of them, against a real PostgreSQL.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatasetVersioned, Example } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { starterWith, trainingJobWith } from '../training/spec-support/wiring.js';
import { waitingExamples } from './example.repository.js';
import { migrations } from './migrations.js';
import { endCycle, insertTarget, insertVersion, storeDataset, storeExamples, targetsWithoutOpenCycle } from './trainer.repository.js';

const target = { model: 'assistant', workload: 'default' };
const example = (exampleId: string): Example => ({ exampleId, input: `in ${exampleId}`, output: 'out', category: 'billing', source: 'user_correction', split: 'train', confidence: 0.9, lineage: { interactionIds: [] } });
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('trainer');
  database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: 'trainer-dispatcher', logger: Logger.silent() });
});
afterAll(async () => {
  await database?.stop();
  await server.drop();
});
beforeEach(async () => {
  await database.query('truncate targets, versions, datasets, examples, cycles, outbox');
  await database.transaction(async (tx) => {
    await insertTarget(tx, target, 'v1');
    await insertVersion(tx, { ...target, versionId: 'v1', ordinal: 1, bundle: { provider: { name: 'trainer', model: 'base' } } });
  });
});

const add = (datasetId: string, training?: DatasetVersioned['training'], parts: Partial<DatasetVersioned> = {}): Promise<void> =>
  database.transaction(async (tx) => {
    await storeExamples(tx, { ...target, datasetId, examples: [example(`${datasetId}-1`), example(`${datasetId}-2`)], addedAt: '2026-06-01T00:00:00Z' });
    await storeDataset(tx, {
      ...target, datasetId, purpose: 'training', trainCount: 2, testCount: 0, contentHash: 'h', opportunityIds: [`o-${datasetId}`], failuresAnalyzed: 5, rejected: [], highPriority: false, versionedAt: '2026-06-01T00:00:00Z',
      ...(training && { training }), ...parts,
    });
  });
const config = (env: Record<string, string> = {}) => loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, PROVIDERS: '[]', TRAINING_RECIPE: 'gentle', ...env });
const begin = async (): Promise<Record<string, unknown>> => {
  const starter = starterWith(config(), database);
  await database.transaction((tx) => starter.startByCommand(tx, target, 'test'));
  const [row] = await database.query<{ payload: Record<string, unknown> }>(`select cycle_id as id, training_config as payload from cycles where ended_at is null`);
  return row?.payload ?? {};
};
const taken = async (): Promise<string[]> => (await database.query<{ id: string }>(`select distinct dataset_id as id from examples where state = 'training' order by 1`)).map(({ id }) => id);
const end = async (outcome: 'promoted' | 'insufficient'): Promise<void> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<{ cycle_id: string }>('select cycle_id from cycles where ended_at is null');
    await endCycle(tx, row?.cycle_id ?? '', outcome);
  });
const fresh = async (): Promise<number> => {
  const [row] = await targetsWithoutOpenCycle(database);
  return row ? (await waitingExamples(database, row)).fresh : -1;
};

describe('a cycle', () => {
  it('takes the datasets of one training recipe together, the oldest first, and leaves the others for the next', async () => {
    await add('d1', { recipe: 'fast', retentionRatio: 4, curriculum: false });
    await add('d2');
    await add('d3', { curriculum: false, retentionRatio: 4, recipe: 'fast' });
    await add('d4', { recipe: 'gentle', curriculum: false });
    expect(await begin()).toEqual({ recipe: 'fast', retentionRatio: 4, curriculum: false, seed: 7 });
    expect(await taken()).toEqual(['d1', 'd3']);
    await end('promoted');
    // What waited behind another recipe is still new, so that triggers see it.
    expect(await fresh()).toBe(4);
    // As configured, and asking for the same in so many words.
    expect(await begin()).toEqual({ recipe: 'gentle', curriculum: false, seed: 7 });
    expect(await taken()).toEqual(['d2', 'd4']);
  });

  it('takes an urgent recipe before an older one, and shows the strategies', async () => {
    const strategies = [{ opportunityId: 'o-d2', strategy: { strategyId: 'spread_fast', fixType: 'training_examples' as const, summary: 's', origin: 'shipped' as const } }];
    await add('d1');
    await add('d2', { recipe: 'fast', curriculum: true }, { highPriority: true, strategies });
    expect(await begin()).toEqual({ recipe: 'fast', curriculum: true, seed: 7, strategies: 'spread_fast' });
    expect(await taken()).toEqual(['d2']);
  });

  it('takes what is new before data that a cycle could not prove, which is not new any more', async () => {
    await add('d1');
    await begin();
    await end('insufficient');
    expect(await fresh()).toBe(0);
    await add('d2', { recipe: 'fast', curriculum: false });
    expect(await fresh()).toBe(2);
    expect(await begin()).toMatchObject({ recipe: 'fast' });
    expect(await taken()).toEqual(['d2']);
  });
});

describe('what a trainer is sent', () => {
  let provider: Server;
  const sent: { file?: string; job?: Record<string, unknown> } = {};

  beforeEach(async () => {
    provider = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        response.setHeader('content-type', 'application/json');
        if (request.url?.endsWith('/files')) {
          sent.file = body;
          response.end(JSON.stringify({ id: 'file-1', object: 'file' }));
          return;
        }
        if (request.method === 'POST') sent.job = JSON.parse(body) as Record<string, unknown>;
        response.end(JSON.stringify({ id: 'job-1', object: 'fine_tuning.job', status: 'succeeded', fine_tuned_model: 'tuned' }));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    provider.close();
  });

  const train = async (trainer: 'embedded' | 'openai'): Promise<string[]> => {
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    const settings = config({ PROVIDERS: JSON.stringify([{ name: 'trainer', baseUrl, trainer }]), TRAINING_POLL_MS: '5' });
    const [row] = await database.query<{ cycle_id: string }>('select cycle_id from cycles where ended_at is null');
    await trainingJobWith(settings, database).run({ cycleId: row?.cycle_id }, AbortSignal.timeout(10_000));
    return (sent.file ?? '').split(/\r?\n/u).filter((line) => line.startsWith('{'));
  };

  beforeEach(async () => {
    await add('old');
    await begin();
    await end('promoted');
    await add('d1', { recipe: 'fast', retentionRatio: 1, curriculum: true });
    await begin();
  });

  it('is the recipe, for the embedded one, which remembers by itself', async () => {
    const lines = await train('embedded');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ category: 'billing', weight: 0.9 });
    expect(sent.job).toMatchObject({ model: 'base', seed: 7, hyperparameters: { recipe: 'fast', curriculum: true, retention_ratio: 1 } });
  });

  it('is nothing but OpenAI\'s own terms for any other, with the retained examples in the file', async () => {
    const lines = await train('openai');
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.includes('in old-'))).toHaveLength(2);
    for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toEqual(['messages']);
    expect(sent.job?.['hyperparameters']).toEqual({ n_epochs: 5, learning_rate_multiplier: 2, batch_size: 16 });
    const [event] = await database.query<{ config: object }>(`select training_config as config from cycles where state = 'judging'`);
    expect(event?.config).toEqual({ recipe: 'fast', retentionRatio: 1, curriculum: true, seed: 7 });
  });
});
