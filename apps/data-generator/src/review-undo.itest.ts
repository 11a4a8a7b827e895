// Decisions that their reviewers take back, before and after they are data: against a real PostgreSQL.
// DATABASE_URL names a server; the run makes a database of its own there and drops it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command, Example, ExamplesAdded, ReviewChanged, ReviewItem } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { CONFIG, PlatformModule } from '@ratchet/service';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { AppModule } from './app.module.js';
import { loadConfig, type Config } from './config.js';
import { contract } from './contract.js';
import { GenerateJob } from './generation/generate.job.js';
import { OpportunitiesHandlers } from './handlers/opportunities.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { migrations } from './persistence/migrations.js';
import { SettledApprovalsTick } from './review/settled-approvals.tick.js';

const now = '2026-01-01T00:00:00.000Z';
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now, data });

let server: TestDatabase;
let database: Database;
let app: INestApplicationContext;

beforeAll(async () => {
  server = await createTestDatabase('data-generator');
  const logger = Logger.silent();
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, REVIEW_RULES: '{"secondReviewShare": 0}', REVIEW_UNDO_SECONDS: '0', TEACHER_VARIATIONS: '0' });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.register()] }, { logger: ['error'] });
});

afterAll(async () => {
  await app?.close();
  await database?.stop();
  await server?.drop();
});

const failure = async (model: string, interactionId: string, { userId, query, correction, startedAt = now }: { userId: string; query: string; correction?: string; startedAt?: string }): Promise<void> =>
  database.transaction((tx) =>
    app.get(SignalsHandlers).onFailed(
      event({
        interactionId, conversationId: `c-${interactionId}`, userId, model, workload: 'default', version: 'v1', query, response: 'I do not know.', probability: 0.9, severity: 0.5,
        signals: [], ...(correction !== undefined && { correction }), startedAt, closedAt: new Date().toISOString(),
      }),
      tx,
    ),
  );

const opportunity = async (model: string, interactionIds: string[]): Promise<void> =>
  database.transaction((tx) =>
    app.get(OpportunitiesHandlers).onRanked(
      event({
        opportunityId: `o-${model}`, clusterId: 'k', model, workload: 'default', version: 'v1', size: interactionIds.length, affectedUsers: 1, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1,
        priority: 1, rank: 1, rootCause: 'knowledge_gap', rootCauseConfidence: 0.9, rootCauseReason: 'It knows nothing of plans', fixType: 'training_examples', suggestedFix: 'f', strategy: 's',
        commonPatterns: [], representatives: interactionIds.slice(0, 5).map((interactionId) => ({ interactionId, query: 'q', response: 'r' })), interactionIds, analysisId: 'a', failuresAnalyzed: 1, rankedAt: now,
      }),
      tx,
    ),
  );

type Order = 'approve' | 'reopen';
const order = async (name: Order, model: string, { actor, ids }: { actor: string; ids: string[] }): Promise<void> => {
  const command: Command = { name: `review.${name}`, commandId: randomUUID(), actor, reason: 'because', model, workload: 'default', issuedAt: now, exampleIds: ids };
  await database.transaction((tx) => app.get(ReviewHandlers).onCommand(event(command), tx));
};
const generate = (model: string): Promise<void> => app.get(GenerateJob).run({ model, workload: 'default' });

const outbox = async <Data>(type: string): Promise<Data[]> => {
  const rows = await database.query<{ value: string }>(`select value from outbox where headers->>'ce_type' = $1 order by sequence`, [type]);
  return rows.map(({ value }) => JSON.parse(value) as Data);
};
/** The last that was told of each item of a model. */
const itemsOf = async (model: string): Promise<ReviewItem[]> => {
  const changes = (await outbox<ReviewChanged>('ratchet.review.changed')).map(({ item }) => item).filter((item) => item.model === model);
  return [...new Map(changes.map((item) => [item.exampleId, item])).values()];
};
const issuedOf = async (model: string): Promise<Example[]> => (await outbox<ExamplesAdded>('ratchet.examples.added')).filter((added) => added.model === model).flatMap(({ examples }) => examples);
const jobsOf = async (model: string): Promise<number> =>
  (await database.query<{ n: number }>(`select count(*)::int as n from data_generator_jobs.jobs where task_identifier = 'generate' and key like '%' || $1 || '%'`, [model]))[0]?.n ?? 0;

describe('a decision that is taken back', () => {
  const model = 'undone';

  beforeAll(async () => {
    await failure(model, 'b2', { userId: 'u2', query: 'when is the office closed', correction: 'On Sundays.' });
    await failure(model, 'b1', { userId: 'u1', query: 'where is the garage', correction: 'Behind the house.' });
    await opportunity(model, ['b1', 'b2']);
    await generate(model);
  });

  it('brings the item back before it is data, and is refused after', async () => {
    const ids = (await itemsOf(model)).filter(({ output }) => output === 'Behind the house.').map(({ exampleId }) => exampleId);
    await order('approve', model, { actor: 'ann', ids });
    await order('reopen', model, { actor: 'ann', ids });
    await generate(model);
    expect(await issuedOf(model)).toEqual([]);
    expect((await itemsOf(model)).find(({ exampleId }) => exampleId === ids[0])).toMatchObject({ state: 'waiting', decisions: [], withdrawn: [{ reviewer: 'ann', decision: 'approve' }], origin: { failedAnswer: 'I do not know.' } });
    await order('approve', model, { actor: 'ann', ids });
    await generate(model);
    await order('reopen', model, { actor: 'ann', ids });
    expect(await issuedOf(model)).toHaveLength(1);
    expect((await itemsOf(model)).find(({ exampleId }) => exampleId === ids[0])).toMatchObject({ state: 'approved', refusals: [{ command: 'review.reopen', code: 'in_dataset' }] });
  });

  it('is waited for: no run takes up an approval that can still be taken back, and one starts when it no longer can', async () => {
    const ids = (await itemsOf(model)).filter(({ state }) => state === 'waiting').map(({ exampleId }) => exampleId).slice(0, 1);
    expect(ids).toHaveLength(1);
    const config = app.get<Config>(CONFIG);
    Object.assign(config, { REVIEW_UNDO_SECONDS: 600 });
    await order('approve', model, { actor: 'ann', ids });
    Object.assign(config, { REVIEW_UNDO_SECONDS: 0 });
    await generate(model);
    expect(await issuedOf(model)).toHaveLength(1);
    await database.query(`update review_items set undo_until = now() - interval '1 second' where example_id = any($1::text[])`, [ids]);
    await database.query('delete from data_generator_jobs._private_jobs');
    await app.get(SettledApprovalsTick).tick();
    expect(await jobsOf(model)).toBe(1);
    await generate(model);
    expect(await issuedOf(model)).toHaveLength(2);
  });
});

