// From candidates that wait to training data and back: reviewers' commands, their effect on later runs, and erasure, against a real PostgreSQL.
// DATABASE_URL names a server; the run makes a database of its own there and drops it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventEnvelope } from '@ratchet/contracts';
import { userHashOf, type Command, type DatasetVersioned, type ErasureCompleted, type Example, type ExamplesAdded, type ReviewChanged, type ReviewItem } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { InMemoryTeacherClient } from '@ratchet/providers';
import { CONFIG, PlatformModule } from '@ratchet/service';
import { PostgresLedger } from '@ratchet/spending';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { AppModule } from './app.module.js';
import { loadConfig, type Config } from './config.js';
import { contract } from './contract.js';
import { GenerateJob } from './generation/generate.job.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { OpportunitiesHandlers } from './handlers/opportunities.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { migrations } from './persistence/migrations.js';
import { ReviewTick } from './review/review.tick.js';
import { TeachingStaff } from './teaching/teaching-staff.js';

const now = '2026-01-01T00:00:00.000Z';
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now, data });

let server: TestDatabase;
let database: Database;
let app: INestApplicationContext;
let teacher: InMemoryTeacherClient;
/** What the teacher answers, and how sure it is; tests change it. */
let answer = { answer: 'Open the plan page.', confidence: 0.9 };

beforeAll(async () => {
  server = await createTestDatabase('data-generator');
  const logger = Logger.silent();
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, REVIEW_RULES: '{"secondReviewShare": 0}', REVIEW_UNDO_SECONDS: '0', TEACHER_VARIATIONS: '0', PROVIDERS: '{"t":{"baseUrl":"http://127.0.0.1:9/v1"}}', TEACHER_PROVIDER: 't', TEACHER_MODEL: 'm' });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.register()] }, { logger: ['error'] });
  teacher = new InMemoryTeacherClient(({ schemaName }) => (schemaName === 'critique' ? { score: answer.confidence, feedback: '' } : answer));
  // Everything else is real; only the provider behind the teacher is scripted.
  Object.assign(app.get(TeachingStaff), new TeachingStaff({
    client: teacher, ledger: new PostgresLedger(database), limits: { runUsd: null, monthUsd: null }, price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }, rules: { confidenceMin: 0.7, atOnce: 1 }, callsPerRunMax: 50,
  }));
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

type Order = 'claim' | 'approve' | 'reject' | 'edit';
const order = async (name: Order, model: string, { actor, ids, reason = 'because', output }: { actor: string; ids: string[]; reason?: string; output?: string }): Promise<void> => {
  const fields = { commandId: randomUUID(), actor, reason, model, workload: 'default', issuedAt: now };
  const command = (name === 'edit' ? { name: 'review.edit', ...fields, exampleId: ids[0], output } : { name: `review.${name}`, ...fields, exampleIds: ids }) as Command;
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
const datasetsOf = async (model: string): Promise<DatasetVersioned[]> => (await outbox<DatasetVersioned>('ratchet.dataset.versioned')).filter((dataset) => dataset.model === model);
const jobsOf = async (model: string): Promise<number> =>
  (await database.query<{ n: number }>(`select count(*)::int as n from data_generator_jobs.jobs where task_identifier = 'generate' and key like '%' || $1 || '%'`, [model]))[0]?.n ?? 0;

describe('a reviewed item', () => {
  const model = 'reviewed';
  const waitingIds = async (): Promise<string[]> => (await itemsOf(model)).filter(({ state }) => state === 'waiting').map(({ exampleId }) => exampleId);

  beforeAll(async () => {
    await failure(model, 'r1', { userId: 'u1', query: 'where do I see my plan', correction: 'On the plan page.' });
    await failure(model, 'r2', { userId: 'u2', query: 'how do I cancel the newsletter', correction: 'By the link at its end.' });
    await failure(model, 'r3', { userId: 'u3', query: 'which colour has the bonus card', correction: 'It is green.' });
    answer = { answer: 'Perhaps somewhere.', confidence: 0.1 };
    await opportunity(model, ['r1', 'r2', 'r3']);
    await generate(model);
  });

  it('waits, is told of, and belongs to the first who claims it', async () => {
    const ids = await waitingIds();
    expect(ids.length).toBeGreaterThanOrEqual(3);
    await order('claim', model, { actor: 'ann', ids });
    await order('claim', model, { actor: 'bob', ids });
    await order('approve', model, { actor: 'bob', ids: ids.slice(0, 1) });
    const items = await itemsOf(model);
    expect(items.every(({ claim, state, decisions }) => claim?.reviewer === 'ann' && state === 'waiting' && decisions.length === 0)).toBe(true);
    expect(items[0]?.refusals).toMatchObject([{ reviewer: 'bob', command: 'review.claim', code: 'claimed_by_another' }, { reviewer: 'bob', command: 'review.approve' }]);
  });

  it('becomes training data when it is approved, with who approved it, as the next version of the data', async () => {
    const item = (await itemsOf(model)).find(({ output }) => output === 'On the plan page.');
    await order('approve', model, { actor: 'ann', ids: [item?.exampleId ?? ''] });
    expect(await jobsOf(model)).toBe(1);
    await generate(model);
    expect(await issuedOf(model)).toMatchObject([{ input: 'where do I see my plan', output: 'On the plan page.', source: 'reviewer', confidence: 1, lineage: { interactionIds: ['r1'], reviewers: ['ann'], acceptedBy: 'approved by ann' } }]);
  });

  it('becomes training data with the answer that a reviewer put in its place, also where its opportunity is closed', async () => {
    const item = (await itemsOf(model)).find(({ output }) => output === 'By the link at its end.');
    await order('edit', model, { actor: 'ann', ids: [item?.exampleId ?? ''], output: 'By the link under each letter.' });
    await database.transaction((tx) => app.get(OpportunitiesHandlers).onClosed(event({ opportunityId: `o-${model}`, model, workload: 'default', reason: 'faded' as const, closedAt: now }), tx));
    await generate(model);
    await generate(model);
    expect((await issuedOf(model)).map(({ output }) => output)).toEqual(['On the plan page.', 'By the link under each letter.']);
    const [first, second] = await datasetsOf(model);
    expect(first).not.toHaveProperty('previousDatasetId');
    expect(second?.previousDatasetId).toBe(first?.datasetId);
    await opportunity(model, ['r1', 'r2', 'r3']);
    await generate(model);
    expect((await issuedOf(model)).map(({ output }) => output)).not.toContain('By the link at its end.');
  });

  it('never comes back when it is rejected, also when many users say it', async () => {
    const item = (await itemsOf(model)).find(({ output }) => output === 'It is green.');
    await order('reject', model, { actor: 'ann', ids: [item?.exampleId ?? ''], reason: 'it was blue last year' });
    for (const n of [4, 5, 6]) await failure(model, `r${n}`, { userId: `u${n}`, query: 'which colour has the bonus card', correction: 'It is green.' });
    await opportunity(model, ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']);
    await generate(model);
    expect((await issuedOf(model)).map(({ output }) => output)).not.toContain('It is green.');
    expect((await itemsOf(model)).find(({ output }) => output === 'It is green.')?.state).toBe('rejected');
  });
});

describe('after rejections', () => {
  const model = 'taught';

  it('the same kind of candidate no longer passes by itself, and the teacher is told why', async () => {
    const queries = ['my router has a red light', 'the washing machine hums', 'the printer eats paper', 'the oven stays cold'];
    for (const [i, query] of queries.entries()) await failure(model, `t${i}`, { userId: `u${i}`, query });
    answer = { answer: 'Turn it off and on.', confidence: 0.65 };
    await opportunity(model, ['t0', 't1', 't2']);
    await generate(model);
    const waiting = (await itemsOf(model)).filter(({ source, state }) => source === 'correction' && state === 'waiting').map(({ exampleId }) => exampleId);
    expect(waiting).toHaveLength(3);
    const before = teacher.requests.length;
    expect(teacher.requests.at(-1)?.input).not.toContain('rejected');
    // As sure as this, it would have passed.
    answer = { answer: 'Call the technician.', confidence: 0.9 };
    await order('reject', model, { actor: 'ann', ids: waiting, reason: 'we never advise to cut the power' });
    await opportunity(model, ['t3']);
    await generate(model);
    expect(teacher.requests.length).toBeGreaterThan(before);
    const told = teacher.requests.filter(({ schemaName }) => schemaName === 'correction').at(-1)?.input ?? '';
    expect(told).toContain('Turn it off and on.');
    expect(told).toContain('we never advise to cut the power');
    const [item] = (await itemsOf(model)).filter(({ output }) => output === 'Call the technician.');
    expect(item).toMatchObject({ state: 'waiting', reason: 'the review rule "poor record"' });
    expect(item?.confidence).toBeLessThan(0.9);
    expect(await issuedOf(model)).toEqual([]);
  });

  it('of another target it still does', async () => {
    await failure('untouched', 'x1', { userId: 'u1', query: 'the oven stays cold' });
    await opportunity('untouched', ['x1']);
    await generate('untouched');
    expect((await issuedOf('untouched')).map(({ output }) => output)).toEqual(['Call the technician.']);
  });
});

describe('what passes with time alone', () => {
  const model = 'timed';

  it('accepts without a person what has settled', async () => {
    const { REVIEW_RULES } = app.get<Config>(CONFIG);
    Object.assign(REVIEW_RULES, { settleMs: 60_000 });
    for (const n of [1, 2, 3]) await failure(model, `s${n}`, { userId: `u${n}`, query: 'where is the parcel', correction: 'Under Orders.' });
    await opportunity(model, ['s1', 's2', 's3']);
    await generate(model);
    expect(await issuedOf(model)).toEqual([]);
    await app.get(ReviewTick).tick();
    expect(await itemsOf(model)).toMatchObject([{ state: 'waiting', reason: expect.stringContaining('settles') }]);
    await database.query(`update review_items set created_at = now() - interval '61 seconds' where model = $1`, [model]);
    await database.query(`delete from data_generator_jobs._private_jobs`);
    await app.get(ReviewTick).tick();
    expect(await jobsOf(model)).toBe(1);
    await generate(model);
    Object.assign(REVIEW_RULES, { settleMs: 0 });
    expect((await issuedOf(model)).map(({ output, source }) => [output, source])).toEqual([['Under Orders.', 'user_correction']]);
    expect((await itemsOf(model)).map(({ state }) => state)).toEqual(['approved']);
  });

  it('gives an item free whose claim has run out', async () => {
    await failure(model, 's4', { userId: 'u4', query: 'a lonely question', correction: 'A lonely answer.' });
    await opportunity(model, ['s4']);
    await generate(model);
    const item = (await itemsOf(model)).find(({ output }) => output === 'A lonely answer.');
    await order('claim', model, { actor: 'ann', ids: [item?.exampleId ?? ''] });
    await database.query(`update review_items set claimed_until = now() - interval '1 second' where example_id = $1`, [item?.exampleId]);
    await app.get(ReviewTick).tick();
    expect((await itemsOf(model)).find(({ output }) => output === 'A lonely answer.')).not.toHaveProperty('claim');
    await order('approve', model, { actor: 'bob', ids: [item?.exampleId ?? ''] });
    expect((await itemsOf(model)).find(({ output }) => output === 'A lonely answer.')).toMatchObject({ state: 'approved', decisions: [{ reviewer: 'bob' }] });
  });
});

describe('an erasure', () => {
  const model = 'erased';
  const MARK = 'MARKER-ZUCCHINI';
  const erase = (userId: string, commandId: string): Promise<void> =>
    database.transaction((tx) => app.get(ErasureHandlers).onCommand(event<Command>({ name: 'user.erase', commandId, actor: 'dpo', reason: 'asked by mail', model, workload: 'default', issuedAt: new Date().toISOString(), userId }), tx));

  beforeAll(async () => {
    answer = { answer: 'Somewhere.', confidence: 0.2 };
    // Three agree on one answer, each asking in their own words; a fourth asks what the first asked.
    await failure(model, 'e1', { userId: 'me', query: `where is my invoice, says ${MARK}`, correction: 'Under Bills.' });
    await failure(model, 'e2', { userId: 'b', query: 'show me the invoice', correction: 'Under Bills.' });
    await failure(model, 'e3', { userId: 'c', query: 'where do I find an invoice', correction: 'Under Bills.' });
    await failure(model, 'e4', { userId: 'd', query: 'please show me the invoice', correction: 'Under Bills.' });
    await failure(model, 'e5', { userId: 'me', query: `${MARK} lost the key`, correction: `Ask ${MARK}.` });
    await opportunity(model, ['e1', 'e2', 'e3', 'e4', 'e5']);
    await generate(model);
    const [dataset] = await datasetsOf(model);
    await database.transaction((tx) => app.get(ErasureHandlers).onRegistered(event({ cycleId: 'cy', model, workload: 'default', trainingRunId: 't', baseVersion: 'v1', version: 'v2', datasetIds: [dataset?.datasetId ?? ''], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: now }), tx));
  });

  it('removes what is the user\'s alone, keeps what others say, and tells which datasets and versions had it', async () => {
    expect((await issuedOf(model)).map(({ input }) => input)).toEqual(expect.arrayContaining([expect.stringContaining(MARK), 'show me the invoice']));
    const [dataset] = await datasetsOf(model);
    await erase('me', 'erasure-1');
    await erase('me', 'erasure-1');
    const completed = (await outbox<ErasureCompleted>('ratchet.erasure.completed')).filter(({ erasureId }) => erasureId === 'erasure-1');
    expect(completed).toHaveLength(1);
    expect(completed[0]).toMatchObject({ userHash: userHashOf('me'), datasetIds: [dataset?.datasetId], versions: ['v2'], removed: { failures: 2, corrections: 2, examples: 1 } });
    expect([...(completed[0]?.interactionIds ?? [])].sort()).toEqual(['e1', 'e5']);
    // Three others still agree: their examples stand.
    const left = await database.query<{ input_key: string }>('select input_key from issued_examples where model = $1 order by 1', [model]);
    expect(left.map(({ input_key }) => input_key)).toEqual(['please show me the invoice', 'show me the invoice', 'where do i find an invoice']);
  });

  it('leaves nothing of the user in any table but the outbox, which Kafka empties', async () => {
    const columns = await database.query<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns where table_schema = 'data_generator' and table_name <> 'outbox' and data_type in ('text', 'json', 'jsonb', 'ARRAY')`,
    );
    for (const { table_name, column_name } of columns) {
      const found = await database.query(`select 1 from "${table_name}" where "${column_name}"::text ilike $1 or "${column_name}"::text = 'me'`, [`%${MARK}%`]);
      expect({ table_name, column_name, found: found.length }).toEqual({ table_name, column_name, found: 0 });
    }
  });

  it('keeps out what comes late of the time before it, and lets the user begin anew', async () => {
    await failure(model, 'e6', { userId: 'me', query: `late ${MARK}` });
    await failure(model, 'e7', { userId: 'me', query: 'what is new', startedAt: new Date(Date.now() + 1_000).toISOString() });
    expect((await database.query<{ id: string }>(`select interaction_id as id from failures where interaction_id in ('e6', 'e7')`)).map(({ id }) => id)).toEqual(['e7']);
  });

  it('withdraws what too few agree on now, and hands it to the reviewers', async () => {
    await erase('b', 'erasure-2');
    await generate(model);
    const [completed] = (await outbox<ErasureCompleted>('ratchet.erasure.completed')).filter(({ erasureId }) => erasureId === 'erasure-2');
    expect(completed?.exampleIds.length).toBeGreaterThanOrEqual(3);
    const waiting = (await itemsOf(model)).filter(({ state, output }) => state === 'waiting' && output === 'Under Bills.').map(({ input, agreeingUsers }) => ({ input, agreeingUsers }));
    expect(waiting).toEqual(expect.arrayContaining([{ input: 'where do I find an invoice', agreeingUsers: 2 }, { input: 'please show me the invoice', agreeingUsers: 2 }]));
    expect(await database.query('select 1 from issued_examples where model = $1', [model])).toEqual([]);
  });

  it('finds what reviewers edited also after its failures are forgotten', async () => {
    await failure(model, 'e8', { userId: 'gone', query: `${MARK} has a last question`, correction: 'Nobody knows.' });
    await opportunity(model, ['e8']);
    await generate(model);
    const item = (await itemsOf(model)).find(({ output }) => output === 'Nobody knows.');
    await order('edit', model, { actor: 'ann', ids: [item?.exampleId ?? ''], output: 'We will ask.' });
    await database.query(`delete from failures where interaction_id = 'e8'`);
    await database.query(`delete from corrections where interaction_id = 'e8'`);
    await generate(model);
    const edited = (await issuedOf(model)).find(({ output }) => output === 'We will ask.');
    await erase('gone', 'erasure-3');
    expect((await outbox<ErasureCompleted>('ratchet.erasure.completed')).find(({ erasureId }) => erasureId === 'erasure-3')?.exampleIds).toEqual(expect.arrayContaining([edited?.exampleId, item?.exampleId]));
    expect(await database.query('select 1 from review_items where input like $1', [`%${MARK}%`])).toEqual([]);
    expect(await database.query('select 1 from issued_examples where example_id = $1', [edited?.exampleId])).toEqual([]);
  });

  it('gives back the same split to what is issued again, as another dataset', async () => {
    const before = new Map((await issuedOf(model)).map(({ exampleId, split }) => [exampleId, split]));
    const again = (await itemsOf(model)).filter(({ state, output }) => state === 'waiting' && output === 'Under Bills.');
    await order('approve', model, { actor: 'ann', ids: again.map(({ exampleId }) => exampleId) });
    await generate(model);
    const datasets = await datasetsOf(model);
    const last = (await outbox<ExamplesAdded>('ratchet.examples.added')).filter(({ datasetId }) => datasetId === datasets.at(-1)?.datasetId).flatMap(({ examples }) => examples);
    expect(last).toHaveLength(2);
    for (const { exampleId, split } of last) expect(split).toBe(before.get(exampleId));
    expect(datasets.at(-1)?.previousDatasetId).toBe(datasets.at(-2)?.datasetId);
  });
});
