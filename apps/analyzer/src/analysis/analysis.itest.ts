// Failures to ranked opportunities against a real PostgreSQL: a judge on the wire that fails in every way, people's words, dismissal, and ranking between analyses.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { OpenAiTeacherClient } from '@ratchet/providers';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { contract } from '../contract.js';
import { Diagnostics } from '../diagnosis/diagnostics.js';
import { JudgePanel } from '../diagnosis/judge/judge-panel.js';
import { FailureEmbedder } from '../embedding/failure-embedder.js';
import { CyclesHandlers } from '../handlers/cycles.handlers.js';
import { CommandsHandlers } from '../handlers/commands.handlers.js';
import { ErasureHandlers } from '../handlers/erasure.handlers.js';
import { PromotionsHandlers } from '../handlers/promotions.handlers.js';
import { SignalsHandlers } from '../handlers/signals.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { StoredEmbeddings } from '../persistence/embedding-cache.repository.js';
import { JudgeSpendingRepository } from '../persistence/judge-spending.repository.js';
import { OpinionRepository } from '../persistence/opinion.repository.js';
import { listTargetsToRerank, loadEfforts } from '../persistence/priority.repository.js';
import { pruneQuotes } from '../persistence/retention.repository.js';
import { RerankJob } from '../priority/rerank.job.js';
import { strategistFor } from '../strategies/strategist-for.js';
import { AnalyzeJob } from './analyze.job.js';
import type { Clusterer } from '../clustering/clusterer.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { BudgetChanged, Command, InteractionFailed, OpportunityRanked, SignalDetected } from '@ratchet/domain';
import type { ClusterPage } from './clustering.port.js';

const now = (): string => new Date().toISOString();
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now(), data });

let server: TestDatabase;
let wire: Server;
let judgeSays: () => { status: number; content: string };
let asked = 0;

/** One cluster for each first word of a query. */
const byFirstWord = {
  cluster: async (pages: AsyncIterable<ClusterPage>) => {
    const items: ClusterPage['items'][number][] = [];
    for await (const page of pages) items.push(...page.items);
    const groups = [...Map.groupBy(items, ({ query }) => query.split(' ')[0] ?? '')].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      clusters: groups.map(([word, members], index) => ({
        clusterId: word, memberIds: members.map(({ id }) => id), centroid: groups.map((_, at) => (at === index ? 1 : 0)), representativeIds: members.slice(0, 5).map(({ id }) => id), commonPatterns: [word],
      })),
    };
  },
} as unknown as Clusterer;

interface Running {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly fail: (word: string, count: number, parts?: Partial<InteractionFailed>) => Promise<void>;
  readonly analyze: () => Promise<OpportunityRanked[]>;
  readonly rerank: () => Promise<OpportunityRanked[]>;
  readonly order: (parts: { name: 'opportunity.diagnose' | 'opportunity.dismiss' | 'review.approve' | 'user.erase'; userId?: string; opportunityId?: string; rootCause?: string; exampleIds?: string[] }) => Promise<void>;
  readonly promotions: PromotionsHandlers;
  readonly signals: SignalsHandlers;
  readonly sent: <Data>(type: string) => Promise<Data[]>;
}

const closing: (() => Promise<void>)[] = [];

const start = async (env: Record<string, string> = {}): Promise<Running & { target: { model: string; workload: string } }> => {
  const target = { model: 'assistant', workload: randomUUID() };
  const logger = Logger.silent();
  const metrics = new Metrics();
  const database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  closing.push(() => database.stop());
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const PROVIDERS = JSON.stringify([{ name: 'wire', baseUrl: `http://127.0.0.1:${(wire.address() as AddressInfo).port}/v1` }]);
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, PROVIDERS, ...env });
  const panel = config.judge && config.DIAGNOSIS_JUDGE && new JudgePanel(config.DIAGNOSIS_JUDGE, new OpenAiTeacherClient(config.judge), new OpinionRepository(database), new JudgeSpendingRepository(database), logger, metrics);
  const diagnostics = new Diagnostics({ database, panel, confidenceMin: config.DIAGNOSIS_MIN_CONFIDENCE });
  const job = new AnalyzeJob(config, database, logger, metrics, byFirstWord, new FailureEmbedder(undefined, new StoredEmbeddings(database)), strategistFor(config, logger), diagnostics);
  const rerankJob = new RerankJob(config, database, logger, metrics);
  const commands = new CommandsHandlers(logger);
  const erasures = new ErasureHandlers(logger);
  const signals = new SignalsHandlers(metrics);
  const sent = async <Data>(type: string): Promise<Data[]> =>
    (await database.query<{ value: string }>(`select value from outbox where headers->>'ce_type' = $1 order by sequence`, [type])).map(({ value }) => JSON.parse(value) as Data & { workload: string }).filter(({ workload }) => workload === target.workload);
  const publishedBy = async (work: () => Promise<void>): Promise<OpportunityRanked[]> => {
    const before = (await sent('ratchet.opportunity.ranked')).length;
    await work();
    return (await sent<OpportunityRanked>('ratchet.opportunity.ranked')).slice(before);
  };
  return {
    target, database, metrics, signals, sent, promotions: new PromotionsHandlers(logger),
    analyze: () => publishedBy(() => job.run(target)),
    rerank: () => publishedBy(() => rerankJob.run(target)),
    fail: async (word, count, parts = {}) => {
      for (let i = 0; i < count; i += 1) {
        const id = randomUUID();
        const failed: InteractionFailed = {
          interactionId: id, conversationId: id, userId: id, ...target, version: 'v1', query: `${word} ${i}`, response: 'The fee is 20.', probability: 0.9, severity: 0.6, signals: [], reasons: ['incorrect'], correction: 'The fee is 25.', startedAt: now(), closedAt: now(), ...parts,
        };
        await database.transaction((tx) => signals.onFailed(event(failed), tx));
      }
    },
    order: async (parts) => {
      const command = { ...parts, ...target, commandId: randomUUID(), actor: 'ann', reason: 'I looked', issuedAt: now() } as Command;
      await database.transaction(async (tx) => {
        await commands.onCommand(event(command), tx);
        await erasures.onCommand(event(command), tx);
      });
    },
  };
};

beforeAll(async () => {
  server = await createTestDatabase('analyzer');
  wire = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      const { status, content } = judgeSays();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }], usage: { prompt_tokens: 1_000, completion_tokens: 100 } }));
    });
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await new Promise((resolve) => {
    wire.close(resolve);
    wire.closeAllConnections();
  });
  await server.drop();
});

beforeEach(() => {
  asked = 0;
});

const DIAGNOSIS_JUDGE = JSON.stringify({ provider: 'wire', model: 'large', price: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 10 } });
const answer = (rootCause: string, confidence: number) => () => ({ status: 200, content: JSON.stringify({ reason: 'As the requests show.', rootCause, confidence, suggestedFix: 'Change it.' }) });

describe('a judge', () => {
  it('gives its opinion once for the same failures, and one that differs without a clear lead leaves the opportunity to a person', async () => {
    const { fail, analyze, sent } = await start({ DIAGNOSIS_JUDGE });
    await fail('fees', 6);
    judgeSays = answer('intent_misunderstood', 0.95);
    const [ranked] = await analyze();
    expect(ranked).toMatchObject({ diagnosis: { byRules: { rootCause: 'knowledge_gap' }, byJudge: { rootCause: 'intent_misunderstood', judge: 'wire/large', costUsd: 0.002 }, needsPerson: true } });
    expect([(await analyze())[0]?.diagnosis, asked]).toEqual([ranked?.diagnosis, 1]);
    const [first, second] = await sent<BudgetChanged>('ratchet.budget.changed');
    expect(first).toMatchObject({ component: 'failure_analysis', run: { spentUsd: 0.002, limitUsd: 1 }, monthly: { spentUsd: 0.002, limitUsd: null }, calls: 1 });
    expect(second).toMatchObject({ run: { spentUsd: 0 }, monthly: { spentUsd: 0.002 }, calls: 0 });
  });

  it.each([
    ['fails', () => ({ status: 500, content: '' })],
    ['is rate-limited', () => ({ status: 429, content: '' })],
    ['answers nonsense', () => ({ status: 200, content: 'It is the gremlins.' })],
    ['answers another shape', () => ({ status: 200, content: '{"rootCause":"gremlins","confidence":7}' })],
  ])('that %s stops no analysis: the rules decide', async (how, says) => {
    const { fail, analyze, metrics } = await start({ DIAGNOSIS_JUDGE });
    // Other texts are another question, which no stored opinion answers.
    await fail(how.replaceAll(' ', '-'), 6);
    judgeSays = says;
    const [ranked] = await analyze();
    expect(ranked).toMatchObject({ rootCause: 'knowledge_gap', suggestedBy: 'rules', diagnosis: { needsPerson: false } });
    expect(ranked?.diagnosis?.byJudge).toBeUndefined();
    expect(await metrics.registry.getSingleMetricAsString('ratchet_analyzer_judge_questions_total')).toMatch(/outcome="(?:bad_response|rate_limited)"\} 1/u);
  });
});

describe('people', () => {
  it('name a root cause that stands in every later analysis', async () => {
    const { fail, analyze, order, database } = await start();
    await fail('fees', 6);
    const [before] = await analyze();
    expect(before).toMatchObject({ rootCause: 'knowledge_gap', fixType: 'knowledge_entries' });
    await order({ name: 'opportunity.diagnose', opportunityId: before?.opportunityId ?? '', rootCause: 'format_unclear' });
    expect(await database.query(`select 1 from analyzer_jobs._private_jobs where key like 'analyze:%'`)).not.toHaveLength(0);
    await fail('fees', 3);
    for (const [after] of [await analyze(), await analyze()]) {
      expect(after).toMatchObject({ opportunityId: before?.opportunityId, rootCause: 'format_unclear', fixType: 'prompt_patch', diagnosis: { byRules: { rootCause: 'knowledge_gap' }, byPerson: { actor: 'ann', reason: 'I looked' }, needsPerson: false } });
    }
  });

  it('dismiss an opportunity, which comes back under its id only when it has grown by half', async () => {
    const { fail, analyze, order, sent } = await start();
    await fail('fees', 8);
    await fail('hours', 6);
    const fees = (await analyze()).find(({ clusterId }) => clusterId === 'fees');
    const opportunityId = fees?.opportunityId ?? '';
    await order({ name: 'opportunity.dismiss', opportunityId });
    await order({ name: 'opportunity.dismiss', opportunityId });
    expect(await sent('ratchet.opportunity.closed')).toEqual([expect.objectContaining({ opportunityId, reason: 'dismissed' })]);
    await fail('fees', 3);
    expect((await analyze()).map(({ clusterId }) => clusterId)).toEqual(['hours']);
    await fail('fees', 1);
    expect((await analyze()).find(({ clusterId }) => clusterId === 'fees')).toMatchObject({ opportunityId, size: 12, change: { kind: 'came_back', previousSize: 8 } });
    await order({ name: 'opportunity.dismiss', opportunityId });
    expect((await analyze()).map(({ clusterId }) => clusterId)).toEqual(['hours']);
  });

  it('name nothing and dismiss nothing that is not there', async () => {
    const { order, sent } = await start();
    await order({ name: 'opportunity.diagnose', opportunityId: 'none', rootCause: 'format_unclear' });
    await order({ name: 'opportunity.dismiss', opportunityId: 'none' });
    expect(await sent('ratchet.opportunity.closed')).toEqual([]);
  });
});

describe('what is kept of users', () => {
  it('goes when a user is erased: failures, late evidence, opinions on them and events that quote them', async () => {
    const { fail, analyze, order, signals, database, target } = await start({ DIAGNOSIS_JUDGE });
    judgeSays = answer('knowledge_gap', 0.9);
    await fail('erased', 1, { userId: 'gone', query: 'erased my secret request' });
    await fail('erased', 5);
    await fail('other', 6);
    const own = await database.query<{ interaction_id: string }>(`select interaction_id from failures where user_id = 'gone'`);
    const interactionId = own[0]?.interaction_id ?? '';
    const late: SignalDetected = { signalId: randomUUID(), interactionId, conversationId: interactionId, ...target, version: 'v1', name: 'thumbs_down', strength: 1, evidence: {}, late: true, comment: 'my secret comment', detectedAt: now() };
    await database.transaction((tx) => signals.onSignal(event(late), tx));
    await analyze();
    const countOf = async () => {
      const [row] = await database.query<Record<string, number>>(
        `select (select count(*)::int from failures where workload = $1) as failures, (select count(*)::int from late_evidence where interaction_id = $2) as late,
           (select count(*)::int from judge_opinions where $2 = any(interaction_ids)) as opinions, (select count(*)::int from opportunities where workload = $1 and ranked is not null) as ranked`,
        [target.workload, interactionId],
      );
      return row;
    };
    expect(await countOf()).toEqual({ failures: 12, late: 1, opinions: 1, ranked: 2 });
    await order({ name: 'user.erase', userId: 'gone' });
    expect(await countOf()).toEqual({ failures: 11, late: 0, opinions: 0, ranked: 1 });
    expect(await database.query(`select 1 from opportunities where ranked like '%secret%'`)).toEqual([]);
    expect((await analyze()).map(({ size }) => size).sort()).toEqual([5, 6]);
  });

  it('goes with the failures that it quotes', async () => {
    const { fail, analyze, order, database, target } = await start();
    await fail('old', 6);
    await order({ name: 'opportunity.dismiss', opportunityId: (await analyze())[0]?.opportunityId ?? '' });
    const kept = async (): Promise<number> => (await database.query('select 1 from opportunities where workload = $1 and ranked is not null', [target.workload])).length;
    await pruneQuotes(database, { windowDays: 30 });
    expect(await kept()).toBe(1);
    await database.query(`update opportunities set closed_at = now() - interval '31 days' where workload = $1`, [target.workload]);
    await pruneQuotes(database, { windowDays: 30 });
    expect(await kept()).toBe(0);
  });
});

describe('between analyses', () => {
  it('late corrections and outcomes change scores without an analysis, and nothing is published twice', async () => {
    const { fail, analyze, rerank, order, signals, promotions, database, target } = await start();
    await fail('fees', 8, { severity: 0.5 });
    await fail('hours', 7, { severity: 0.5 });
    const [first, second] = await analyze();
    expect([first?.clusterId, second?.clusterId]).toEqual(['fees', 'hours']);
    await database.query('update targets set reranked_at = now() where workload = $1', [target.workload]);
    expect(await listTargetsToRerank(database)).not.toContainEqual(target);
    for (const interactionId of second?.interactionIds ?? []) {
      const late: SignalDetected = { signalId: randomUUID(), interactionId, conversationId: interactionId, ...target, version: 'v1', name: 'user_correction', strength: 1, evidence: {}, late: true, correction: 'The fee is 25.', detectedAt: now() };
      await database.transaction((tx) => signals.onSignal(event(late), tx));
    }
    expect(await listTargetsToRerank(database)).toContainEqual(target);
    expect((await rerank()).map(({ clusterId, rank, analysisId }) => [clusterId, rank, analysisId])).toEqual([['hours', 1, first?.analysisId], ['fees', 2, first?.analysisId]]);
    expect(await rerank()).toEqual([]);
    expect(await listTargetsToRerank(database)).not.toContainEqual(target);

    await order({ name: 'review.approve', exampleIds: ['e1', 'e2', 'e3'] });
    const cycles = 6;
    const told = new CyclesHandlers();
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const judged = { cycleId: randomUUID(), ...target, version: 'v2', baseVersion: 'v1', outcome: 'failed', gates: [], judgedAt: now() };
      const made = { datasetId: randomUUID(), ...target, purpose: 'training', trainCount: 5, opportunityIds: [first?.opportunityId, second?.opportunityId], versionedAt: now() };
      await database.transaction((tx) => told.onDataset(event(made) as unknown as Parameters<CyclesHandlers['onDataset']>[0], tx));
      const started = { cycleId: judged.cycleId, ...target, datasetIds: [made.datasetId], opportunityIds: made.opportunityIds };
      await database.transaction((tx) => told.onStarted(event(started) as unknown as Parameters<CyclesHandlers['onStarted']>[0], tx));
      await database.transaction((tx) => promotions.onJudged(event(judged) as unknown as Parameters<PromotionsHandlers['onJudged']>[0], tx));
    }
    expect(await listTargetsToRerank(database)).toContainEqual(target);
    const again = await rerank();
    expect(again).toHaveLength(2);
    const efforts = await loadEfforts(database);
    // Both opportunities were open, so that each cycle served both; the review fell into the first.
    expect(efforts.get('knowledge_entries')?.filter(({ size }) => size === 15).map(({ reviewedItems }) => reviewedItems).sort()).toEqual([0, 0, 0, 0, 0, 3]);
    for (const { regressionRisk, estimates, estimatedEffort } of again) {
      expect(regressionRisk).toBeGreaterThan(second?.regressionRisk ?? 1);
      expect(estimates?.estimatedEffort).toMatchObject({ n: cycles, value: estimatedEffort });
      expect(estimatedEffort).toBeLessThan(second?.estimatedEffort ?? 0);
    }
  });
});
