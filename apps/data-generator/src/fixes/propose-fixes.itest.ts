// Fixes from an opportunity's event to their proposal, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged, DatasetVersioned, ExamplesAdded, FixProposed, InteractionFailed, OpportunityRanked, TrainingStarted, VersionPublished } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config.js';
import { contract } from '../contract.js';
import { GenerateJob } from '../generation/generate.job.js';
import { FixesHandlers } from '../handlers/fixes.handlers.js';
import { OpportunitiesHandlers } from '../handlers/opportunities.handlers.js';
import { SignalsHandlers } from '../handlers/signals.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { ProposeFixesJob } from './propose-fixes.job.js';

const FAILURES = 30;
let server: TestDatabase;
let database: Database;
let app: INestApplicationContext;
let target = { model: 'm', workload: '' };

const now = (): string => new Date().toISOString();
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now(), data });

beforeAll(async () => {
  server = await createTestDatabase('propose');
  const logger = Logger.silent();
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.register()] }, { logger: ['error'] });
});

afterAll(async () => {
  await app?.close();
  await database?.stop();
  await server?.drop();
});

beforeEach(async () => {
  target = { model: 'm', workload: randomUUID() };
  await publish('told');
});

const publish = async (provider: string): Promise<void> => {
  const version: VersionPublished = { versionId: 'v1', ...target, ordinal: 1, bundle: { provider: { name: provider, model: 'x' } }, contentHash: 'h', publishedAt: now() };
  await database.transaction((tx) => app.get(FixesHandlers).onPublished(event(version), tx));
};

/** Users who complain of the same thing, and the opportunity that the analysis makes of it. */
const rank = async (change: Partial<OpportunityRanked> = {}): Promise<string> => {
  const opportunityId = randomUUID();
  const interactionIds = Array.from({ length: FAILURES }, (_, i) => `${opportunityId}-${i}`);
  await database.transaction(async (tx) => {
    for (const [i, interactionId] of interactionIds.entries()) {
      const failed = { interactionId, conversationId: interactionId, userId: `u${i}`, ...target, version: 'v1', query: `How do I assemble chair number ${i}?`, response: 'Unpack it, screw the legs on, turn it over.', probability: 1, severity: 0.5, signals: [], comment: 'numbered steps please', correction: 'It has 12 screws.', startedAt: now(), closedAt: now() } as InteractionFailed;
      await app.get(SignalsHandlers).onFailed(event(failed), tx);
      await app.get(FixesHandlers).onFailed(event(failed), tx);
    }
    const ranked = { opportunityId, clusterId: 'c', ...target, version: 'v1', priority: 1, rootCauseReason: 'r', analysisId: 'a', failuresAnalyzed: FAILURES, representatives: [], commonPatterns: [], interactionIds, fixType: 'prompt_patch', rankedAt: now(), ...change } as unknown as OpportunityRanked;
    await app.get(OpportunitiesHandlers).onRanked(event(ranked), tx);
    await app.get(FixesHandlers).onRanked(event(ranked), tx);
  });
  return opportunityId;
};

const run = (): Promise<void> => app.get(ProposeFixesJob).run(target);
const sent = async <Data>(type: string): Promise<Data[]> =>
  (await database.query<{ data: Data }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 and value::jsonb->>'workload' = $2 order by sequence`, [type, target.workload])).map(({ data }) => data);
const fixes = (): Promise<FixProposed[]> => sent('ratchet.fix.proposed');
const judge = async (fixId: string | undefined, outcome: CandidateJudged['outcome']): Promise<void> => {
  const cycleId = randomUUID();
  await database.transaction((tx) => app.get(FixesHandlers).onStarted(event({ fixId, cycleId } as TrainingStarted), tx));
  await database.transaction((tx) => app.get(FixesHandlers).onJudged(event({ cycleId, outcome } as CandidateJudged), tx));
};

describe('a fix', () => {
  it('comes with the questions that judge it, none of which is trained on', async () => {
    const opportunityId = await rank();
    await run();
    const [fix] = await fixes();
    expect(fix).toMatchObject({ opportunityId, fixType: 'prompt_patch', baseVersion: 'v1', patch: { systemPrompt: expect.stringMatching(/^## How to answer about .*\n.*numbered steps/u) } });
    const [dataset] = await sent<DatasetVersioned>('ratchet.dataset.versioned');
    const examples = (await sent<ExamplesAdded>('ratchet.examples.added')).flatMap((added) => added.examples);
    expect(dataset).toMatchObject({ datasetId: fix?.datasetId, purpose: 'training', trainCount: 0, testCount: examples.length, opportunityIds: [opportunityId] });
    expect(examples.length).toBeGreaterThanOrEqual(20);
    expect(examples.every(({ split, check, lineage }) => split === 'test' && check?.kind === 'list' && lineage.opportunityId === opportunityId)).toBe(true);
  });

  it('is proposed once while it is not judged, and after it failed', async () => {
    await rank();
    await run();
    await run();
    await judge((await fixes())[0]?.fixId, 'failed');
    await run();
    expect(await fixes()).toHaveLength(1);
  });

  it('is proposed again by another recipe after it failed, in the place of the same section', async () => {
    const opportunityId = await rank();
    await run();
    await judge((await fixes())[0]?.fixId, 'failed');
    await database.query(`update fix_wishes set strategy = $2::jsonb where opportunity_id = $1`, [opportunityId, JSON.stringify({ strategyId: 's', fixType: 'prompt_patch', summary: 's', patch: { kind: 'prompt_patch', by: 'examples' }, origin: 'shipped' })]);
    await run();
    const [first, second] = await fixes();
    expect(second).toMatchObject({ strategy: { strategyId: 's' } });
    expect(second?.patch.systemPrompt?.split('\n')[0]).toBe(first?.patch.systemPrompt?.split('\n')[0]);
  });

  it('is made of what users agree on where facts were missing', async () => {
    await rank({ fixType: 'knowledge_entries' });
    await run();
    expect(await fixes()).toMatchObject([{ fixType: 'knowledge_entries', patch: { knowledge: [{ text: 'It has 12 screws.' }] } }]);
  });

  it('waits for a person where the root cause is in doubt', async () => {
    await rank({ diagnosis: { byRules: { rootCause: 'format_unclear', confidence: 0.3 }, needsPerson: true } });
    await run();
    expect(await fixes()).toEqual([]);
  });

  it('takes the place of training examples, except where the model reads no prompt', async () => {
    await rank();
    await app.get(GenerateJob).run(target);
    expect(await sent('ratchet.examples.added')).toEqual([]);
    target = { model: 'm', workload: randomUUID() };
    await publish('embedded');
    await rank();
    await run();
    await app.get(GenerateJob).run(target);
    expect(await fixes()).toEqual([]);
    expect(await sent<DatasetVersioned>('ratchet.dataset.versioned')).toMatchObject([{ trainCount: expect.any(Number) }]);
    expect((await sent<DatasetVersioned>('ratchet.dataset.versioned'))[0]?.trainCount).toBeGreaterThan(0);
  });
});
