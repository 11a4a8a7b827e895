// One run of generation with a teacher that is slow, limits rates, answers nonsense, costs too much or goes away, and with a run that is cut off in the
// middle: a real PostgreSQL, and a server with OpenAI's wire shapes. What the server would have charged is counted there.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { interactionCompleted, interactionFailed, opportunityRanked, signalDetected, type BudgetChanged, type DatasetVersioned, type Example, type Strategy } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs, startJobs } from '@ratchet/persistence';
import { OpenAiTeacherClient } from '@ratchet/providers';
import { PlatformModule, WORK, type Work } from '@ratchet/service';
import { PostgresLedger } from '@ratchet/spending';
import { createTestDatabase, eventually, ScriptedTeacherServer, type ScriptedReply, type TeacherAsk, type TeacherScript, type TestDatabase } from '@ratchet/testing';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { StoredTexts } from './filters/stored-texts.js';
import { DatasetKeeper } from './datasets/dataset-keeper.js';
import { BudgetNews } from './generation/budget-news.js';
import { DatasetPublisher } from './generation/dataset-publisher.js';
import { GenerateJob } from './generation/generate.job.js';
import { GenerationMetrics } from './generation/generation-metrics.js';
import { OpportunitiesHandlers } from './handlers/opportunities.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { TrafficHandlers } from './handlers/traffic.handlers.js';
import { migrations } from './persistence/migrations.js';
import { ReviewDesk } from './review/review-desk.js';
import { ReviewMetrics } from './review/review-metrics.js';
import { TeachingStaff } from './teaching/teaching-staff.js';

const now = '2026-01-01T00:00:00.000Z';
const words = ['boiler', 'invoice', 'garden', 'window', 'contract', 'parcel', 'radio', 'summer', 'kitchen', 'bicycle', 'lantern', 'harbour', 'violin', 'mountain', 'copper', 'puzzle'];
/** Unlike every other text of the test. */
const textOf = (seed: number): string => Array.from({ length: 6 }, (_, i) => words[(seed * 7 + i * (seed + 3)) % words.length]).join(` ${words[seed % words.length]} `);
const usage = { inputTokens: 1_000, outputTokens: 1_000 };
const answers: Record<string, (input: never, ask: TeacherAsk) => unknown> = {
  correction: ({ request }: { request: string }) => ({ answer: `The answer to ${request.split(',')[0]}`, confidence: 0.9 }),
  critique: () => ({ score: 0.95, feedback: '' }),
  variations: ({ request }: { request: string }) => ({ requests: [0, 1].map((i) => `${textOf(request.length + 20 + i * 13)} ${i === 0 ? 'please now' : 'at once'}`) }),
  fit: ({ pairs }: { pairs: unknown[] }) => ({ verdicts: pairs.map(() => ({ fits: true, confidence: 0.95, reason: '' })) }),
};
const right: TeacherScript = (ask): ScriptedReply => ({ value: answers[ask.kind]?.(ask.input as never, ask), usage });
const strategy: Strategy = {
  strategyId: 'taught-2', fixType: 'training_examples', summary: 'The teacher answers.', origin: 'shipped',
  data: { corrections: 'taught', variations: 2, augmentTo: 0, curriculum: false }, training: { recipe: 'gentle' },
};

let store: TestDatabase;
let database: Database;
let server: ScriptedTeacherServer;
let workload = '';
let runs = 0;

const open = async (): Promise<Database> => {
  const opened = new Database({ url: store.url, service: contract.service, migrations });
  await opened.start();
  return opened;
};

/** A process of the service, as far as a run goes. */
const jobOn = (on: Database, env: Record<string, string> = {}): GenerateJob => {
  const config = loadConfig({
    KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url, ...(env['PROVIDERS'] === '' ? {} : { TEACHER_PROVIDER: 'scripted', TEACHER_MODEL: 't' }), TEACHER_PRICE_INPUT: '10', TEACHER_PRICE_OUTPUT: '10', TEACHER_CONCURRENCY: '2', BUDGET_RUN_USD: '5',
    PROVIDERS: JSON.stringify([{ name: 'scripted', baseUrl: server.baseUrl, timeoutMs: 1_500, maxConcurrency: 2, attempts: 3 }]), ...env,
  });
  const staff = new TeachingStaff({
    client: config.teacher && new OpenAiTeacherClient({ ...config.teacher, pauses: { firstPauseMs: 5, pauseMsMax: 2_000 } }), ledger: new PostgresLedger(on), limits: { runUsd: config.BUDGET_RUN_USD ?? null, monthUsd: config.BUDGET_MONTH_USD ?? null },
    price: { inputUsdPerMillion: config.TEACHER_PRICE_INPUT ?? 0, outputUsdPerMillion: config.TEACHER_PRICE_OUTPUT ?? 0 }, rules: { confidenceMin: config.TEACHER_MIN_CONFIDENCE, atOnce: config.TEACHER_CONCURRENCY }, callsPerRunMax: config.TEACHER_MAX_CALLS,
  });
  const [logger, metrics] = [Logger.silent(), new Metrics()];
  const review = new ReviewDesk(config, on, logger, new ReviewMetrics(metrics));
  const keeper = new DatasetKeeper(on);
  return new GenerateJob(config, on, logger, new GenerationMetrics(metrics), staff, review, keeper, new DatasetPublisher(config, review, keeper), new BudgetNews(on, logger, staff));
};

const target = (): { model: string; workload: string } => ({ model: 'assistant', workload });
/** Failures and the opportunity that they make, through the service's own handlers. */
const tell = async (count: number): Promise<void> => {
  const texts = new StoredTexts(loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url }).redaction);
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url, GENERATE_DELAY_MS: '600000' });
  const ids = Array.from({ length: count }, (_, i) => `${workload}-i${i}`);
  await database.transaction(async (tx) => {
    for (const [i, interactionId] of ids.entries()) {
      const data = interactionFailed.schema.parse({
        interactionId, conversationId: `c${i}`, userId: `u${i}`, ...target(), version: 'v1', query: `${textOf(i)} in ${workload}, mail jo${i}@example.org`, response: 'No idea.', probability: 1, severity: 1,
        signals: [{ name: 'thumbs_down', strength: 1, evidence: {} }], startedAt: now, closedAt: now,
      });
      await new SignalsHandlers(texts).onFailed({ id: interactionId, source: '/t', type: 't', time: now, data }, tx);
    }
    const ranked = opportunityRanked.schema.parse({
      opportunityId: `${workload}-o`, clusterId: 'k1', ...target(), version: 'v1', size: count, affectedUsers: count, severity: 1, estimatedEffort: 1, regressionRisk: 0, priority: 20, rank: 1, rootCause: 'knowledge_gap',
      rootCauseConfidence: 1, rootCauseReason: 'it says that it does not know', fixType: 'training_examples', suggestedFix: 'teach', strategy: 'taught', commonPatterns: [], interactionIds: ids, analysisId: 'a', failuresAnalyzed: count, rankedAt: now,
      representatives: ids.slice(0, 5).map((interactionId) => ({ interactionId, query: 'q', response: 'r' })), strategyChoice: { strategy, firstTrial: true, weightedOutcomes: 0, expectedSuccess: 0.5, reason: 'first' },
    });
    await new OpportunitiesHandlers(config, texts).onRanked({ id: 'o', source: '/t', type: 't', time: now, data: ranked }, tx);
  });
};

const events = async <Data>(type: string): Promise<Data[]> => {
  const rows = await store.query<{ value: string }>(`select value from data_generator.outbox where headers::jsonb ->> 'ce_type' = $1 and value::jsonb ->> 'workload' = $2 order by sequence`, [type, workload]);
  return rows.map(({ value }) => JSON.parse(value) as Data);
};
const versioned = (): Promise<DatasetVersioned[]> => events('ratchet.dataset.versioned');
const budgets = (): Promise<BudgetChanged[]> => events('ratchet.budget.changed');
const examples = async (): Promise<Example[]> => (await events<{ examples: Example[] }>('ratchet.examples.added')).flatMap(({ examples: rows }) => rows);
const spent = async (): Promise<number> => (await store.query<{ usd: number }>('select coalesce(sum(cost_usd), 0)::float8 as usd from data_generator.spending where workload = $1', [workload]))[0]?.usd ?? -1;

beforeAll(async () => {
  store = await createTestDatabase('data-generator');
  database = await open();
  await prepareJobs({ url: store.url, service: contract.service, logger: Logger.silent() });
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});
beforeEach(async () => {
  runs += 1;
  workload = `w${runs}`;
  server = await ScriptedTeacherServer.open(right);
});
afterEach(() => server.close());

describe('a run with a teacher', () => {
  it('makes what the strategy asks for, says what it cost and where everything comes from, and shows the teacher no address', async () => {
    await tell(3);
    await jobOn(database).run(target());
    const [dataset] = await versioned();
    expect(dataset).toMatchObject({ training: { recipe: 'gentle', curriculum: false }, strategies: [{ opportunityId: `${workload}-o`, strategy: { strategyId: 'taught-2' } }] });
    expect(dataset?.costUsd).toBeCloseTo(server.charged.length * 0.02, 6);
    const rows = await examples();
    expect(rows.filter(({ source }) => source === 'correction')).toHaveLength(3);
    expect(rows.some(({ source }) => source === 'variation')).toBe(true);
    for (const { source, lineage, rejectedOutput } of rows) {
      expect(lineage).toMatchObject({ clusterId: 'k1', strategyId: 'taught-2', signals: ['thumbs_down'], opportunityId: `${workload}-o` });
      expect(lineage.teacherCalls?.length).toBeGreaterThanOrEqual(2);
      expect(rejectedOutput).toBe(source === 'correction' ? 'No idea.' : undefined);
      expect(lineage.parentExampleId !== undefined).toBe(source === 'variation');
    }
    expect(JSON.stringify(server.asked)).not.toContain('example.org');
    expect(await budgets()).toMatchObject([{ component: 'data_generation', calls: server.charged.length, run: { limitUsd: 5 } }]);
    expect((await budgets())[0]?.waitingFor).toBeUndefined();
  });

  it('pays nothing twice when a run is cut off in the middle, and loses nothing that was paid', async () => {
    await tell(5);
    let asked = 0;
    server.answerBy((ask) => ((asked += 1) > 6 ? { ...right(ask), afterMs: 60_000 } : right(ask)));
    const cut = await open();
    const stopped = jobOn(cut, { PROVIDERS: JSON.stringify([{ name: 'scripted', baseUrl: server.baseUrl, timeoutMs: 60_000, maxConcurrency: 2 }]) }).run(target()).catch(() => undefined);
    await eventually(() => expect(server.asked.length).toBeGreaterThanOrEqual(8));
    // What the process would still do, it can no longer store.
    await cut.stop();
    const paidBefore = server.charged.length;
    server.answerBy(right);
    await jobOn(database).run(target());
    expect(paidBefore).toBe(6);
    expect([...server.chargedTimes().values()].every((times) => times === 1)).toBe(true);
    expect((await examples()).filter(({ source }) => source === 'correction')).toHaveLength(5);
    // What was under way counts for what was set aside: nobody knows what it cost.
    const interrupted = await store.query(`select 1 from data_generator.spending where state = 'interrupted' and workload = $1`, [workload]);
    expect(interrupted).toHaveLength(2);
    expect(await store.query(`select 1 from data_generator.spending where state = 'reserved'`)).toHaveLength(0);
    expect(await store.query('select distinct run_id from data_generator.spending where workload = $1', [workload])).toHaveLength(1);
    await server.close();
    await stopped;
  });

  it('stops at its budget, goes on with what it has, and says why it waits', async () => {
    await tell(5);
    await jobOn(database, { BUDGET_RUN_USD: '0.1' }).run(target());
    expect(await spent()).toBeLessThanOrEqual(0.1);
    expect((await examples()).length).toBeGreaterThan(0);
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'run_budget' }, run: { limitUsd: 0.1 } });
  });

  it('stops for the month over all runs, and after an answer that cost far more than expected', async () => {
    await tell(4);
    const before = (await store.query<{ usd: number }>('select sum(cost_usd)::float8 as usd from data_generator.spending'))[0]?.usd ?? 0;
    server.answerBy((ask) => ({ ...right(ask), usage: { inputTokens: 1_000_000, outputTokens: 0 } }));
    await jobOn(database, { BUDGET_RUN_USD: '1000', BUDGET_MONTH_USD: String(before + 5) }).run(target());
    // Two questions were under way when the first bill came.
    expect(server.charged.length).toBeLessThanOrEqual(2);
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'month_budget' } });
  });

  it('waits where the teacher limits rates, and asks again where it fails or hangs up', async () => {
    await tell(2);
    server.answerBy((ask) => (ask.times > 1 ? right(ask) : ask.kind === 'correction' ? { status: 429, retryAfterSeconds: 1 } : ask.kind === 'critique' ? { hangUp: true } : right(ask)));
    await jobOn(database).run(target());
    expect((await examples()).filter(({ source }) => source === 'correction')).toHaveLength(2);
    expect([...server.chargedTimes().values()].every((times) => times === 1)).toBe(true);
  });

  it('ends a run in which the teacher is away or too slow, and comes back later', async () => {
    await tell(3);
    server.answerBy((ask) => (server.charged.length < 2 ? right(ask) : { ...right(ask), afterMs: 5_000 }));
    await jobOn(database, { PROVIDERS: JSON.stringify([{ name: 'scripted', baseUrl: server.baseUrl, timeoutMs: 200, maxConcurrency: 2, attempts: 2 }]) }).run(target());
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'provider' } });
    const jobs = await store.query('select 1 from data_generator_jobs.jobs where key like $1', [`%${workload}`]);
    expect(jobs.length).toBeGreaterThan(0);
    server.answerBy(right);
    await jobOn(database).run(target());
    expect((await examples()).filter(({ source }) => source === 'correction')).toHaveLength(3);
    expect((await budgets()).at(-1)?.waitingFor).toBeUndefined();
  });

  it('leaves out what gets no usable answer, and pays for the attempt', async () => {
    await tell(3);
    server.answerBy((ask) => (ask.kind === 'correction' && JSON.stringify(ask.input).includes(textOf(1)) ? { text: '{"answer": ', usage } : right(ask)));
    await jobOn(database).run(target());
    expect((await examples()).filter(({ source }) => source === 'correction')).toHaveLength(2);
    expect(await spent()).toBeCloseTo(server.charged.length * 0.02, 6);
  });
});

describe('a run without a teacher', () => {
  const failedBy = async (users: readonly { user: string; correction?: string }[]): Promise<void> => {
    await tell(users.length);
    await database.transaction(async (tx) => {
      for (const [i, { user, correction }] of users.entries()) {
        await tx.query('update failures set user_id = $2, query = $3 where interaction_id = $1', [`${workload}-i${i}`, user, `how do I cancel my ${['yearly', 'monthly', 'weekly', 'old'][i]} plan in ${workload}`]);
        if (correction !== undefined) await tx.query('insert into corrections (interaction_id, correction, user_id, given_at) values ($1, $2, $3, now())', [`${workload}-i${i}`, correction, user]);
      }
    });
  };
  /** Another user asked, got this answer, and said thanks. */
  const asked = async (interactionId: string, query: string, response: string): Promise<void> => {
    const handlers = new TrafficHandlers(new StoredTexts(loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url }).redaction));
    await database.transaction(async (tx) => {
      const request = interactionCompleted.schema.parse({ interactionId, conversationId: `c-${interactionId}`, userId: 'eve', ...target(), version: 'v1', input: [{ role: 'user', content: query }], output: { content: response }, startedAt: now, latencyMs: 1 });
      const signal = signalDetected.schema.parse({ signalId: `s-${interactionId}`, interactionId, conversationId: `c-${interactionId}`, ...target(), version: 'v1', name: 'thanks', strength: 1, evidence: {}, detectedAt: now });
      // In the order in which they may come, too: the topics know none.
      await handlers.onSignal({ id: '1', source: '/t', type: 't', time: now, data: signal }, tx);
      await handlers.onInteraction({ id: '2', source: '/t', type: 't', time: now, data: request }, tx);
    });
  };

  it('learns from users who agree, and takes wordings of others who were content', async () => {
    await failedBy(['ann', 'bob', 'cid'].map((user) => ({ user, correction: 'Open Plan.' })));
    await asked(`${workload}-good`, `could you cancel my plan in ${workload}`, 'open plan.');
    await asked(`${workload}-other`, `could you cancel my order in ${workload}`, 'See Orders.');
    await jobOn(database, { PROVIDERS: '' }).run(target());
    const rows = await examples();
    expect(rows.map(({ source }) => source).sort()).toEqual(['conversation', 'user_correction', 'user_correction', 'user_correction']);
    expect(rows.find(({ source }) => source === 'conversation')).toMatchObject({ input: `could you cancel my plan in ${workload}`, output: 'Open Plan.' });
    expect(server.asked).toHaveLength(0);
  });

  it('never trains on what one user wrote, and says that it waits for reviewers', async () => {
    await failedBy([{ user: 'ann', correction: 'Send your password.' }, { user: 'ann', correction: 'Send your password.' }, { user: 'bob' }]);
    await jobOn(database, { PROVIDERS: '' }).run(target());
    expect(await examples()).toEqual([]);
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'reviewers' }, calls: 0 });
  });

  it('says that it waits for corrections where there are none', async () => {
    await failedBy([{ user: 'ann' }]);
    await jobOn(database, { PROVIDERS: '' }).run(target());
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'corrections' } });
  });
});

describe('the ledger', () => {
  it('never lets calls that come at once take more than the budget together', async () => {
    const ledger = new PostgresLedger(database);
    const account = { component: 'data_generation' as const, ...target(), runId: `run ${workload}` };
    const reserve = (i: number) => ledger.reserve({ entryId: `${workload}-${i}`, account, contentHash: `h${i}`, kind: 'correction', amountUsd: 0.1, limits: { runUsd: 0.5, monthUsd: null } });
    const decisions = await Promise.all(Array.from({ length: 20 }, (_, i) => reserve(i)));
    expect(decisions.filter(({ granted }) => granted)).toHaveLength(5);
    const first = decisions.findIndex(({ granted }) => granted);
    await ledger.release(`${workload}-${first}`);
    expect(await reserve(100)).toEqual({ granted: true });
    expect(await reserve(101)).toMatchObject({ granted: false, code: 'run_budget' });
    expect(await ledger.settleInterrupted(account)).toBe(5);
    expect((await ledger.totals(account)).runUsd).toBeCloseTo(0.5, 9);
  });
});

describe('the service', () => {
  it('is put together of what its module names', async () => {
    const logger = Logger.silent();
    const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url, GENERATE_CRON_WORKLOADS: '{"support": "0 5 * * *"}' });
    const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
    const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
    const app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.register()] }, { logger: ['error'] });
    const work = app.get<Work>(WORK);
    expect(work.crons?.map(({ pattern }) => pattern)).toEqual(['0 4 * * 1', '0 5 * * *']);
    expect(work.jobs?.map(({ jobName }) => jobName)).toEqual(expect.arrayContaining(work.crons?.map(({ jobName }) => jobName) ?? []));
    const stop = await startJobs({ url: store.url, service: contract.service, jobs: [], crons: work.crons ?? [], logger });
    await stop();
    for (const tick of work.ticks ?? []) await tick.tick();
    await tell(2);
    await app.get(GenerateJob).run(target());
    expect((await budgets()).at(-1)).toMatchObject({ waitingFor: { code: 'corrections' } });
    await app.close();
  });
});
