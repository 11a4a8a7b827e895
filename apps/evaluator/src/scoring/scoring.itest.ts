// Goal: a judgement by a judge, its budget, and what is kept of it over cycles, until a user is erased. Method: the service's own jobs and handlers on a real
// PostgreSQL, with a scripted judge on the wire.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import type { BudgetChanged, CandidateJudged, Example } from '@ratchet/domain';
import { createTestDatabase, ScriptedTeacherServer } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { CandidatesHandlers } from '../handlers/candidates.handlers.js';
import { DatasetsHandlers } from '../handlers/datasets.handlers.js';
import { ErasureHandlers } from '../handlers/erasure.handlers.js';
import { VersionsHandlers } from '../handlers/versions.handlers.js';
import { JudgeCandidateJob } from '../judging/judge-candidate.job.js';
import { ScoringCachesRepository } from '../persistence/scoring-caches.repository.js';
import { PruneTick } from '../prune.tick.js';
import { FENCE } from '../quality/judges/judge-prompts.js';
import { scriptProvider, startEvaluator } from '../spec-support/evaluator-app.js';
import type { EvaluatorApp } from '../spec-support/evaluator-app.js';

const target = { model: 'assistant', workload: 'default' };
const now = '2026-01-01T00:00:00.000Z';
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now, data });

let server: TestDatabase;
let judge: ScriptedTeacherServer;
let evaluator: EvaluatorApp;
let app: EvaluatorApp['app'];
let database: EvaluatorApp['database'];
const asked: string[] = [];

beforeAll(async () => {
  server = await createTestDatabase('scoring');
  judge = await ScriptedTeacherServer.open(({ input }) => {
    const { first, second } = JSON.parse(String(input).slice(FENCE.open.length, -FENCE.close.length)) as { first: string; second: string };
    return { value: { explanation: `it quotes ${first}`, better: first.includes('right') ? 'first' : second.includes('right') ? 'second' : 'tie' } };
  });
  evaluator = await startEvaluator({
    url: server.url,
    env: {
      FRESH_ITEMS: '4', SCORERS: '{"default": {"kind": "judge"}}', PROVIDERS: JSON.stringify([{ name: 'judge', baseUrl: judge.baseUrl }]),
      // Enough for the labelled pairs and the first cycle.
      EVALUATION_JUDGE: '{"provider": "judge", "model": "large", "price": {"inputUsdPerMillionTokens": 1, "outputUsdPerMillionTokens": 1}, "callsPerJudgementMax": 70}',
    },
  });
  ({ app, database } = evaluator);
  scriptProvider(evaluator, (model, question) => {
    asked.push(`${model} ${question}`);
    return /^(?:topic|general|regex)/u.test(question) ? `${model === 'v1' ? 'wrong' : `right, by ${model},`} answer to ${question}` : "I can't help with that request.";
  });
});

afterAll(async () => {
  await evaluator?.stop();
  await judge?.close();
  await server?.drop();
});

const example = (input: string, rest: Partial<Example> = {}): Example => ({ exampleId: `id of ${input}`, input, output: `expected ${input}`, source: 'import', split: 'test', confidence: 1, lineage: { interactionIds: [] }, ...rest });

const dataset = async (datasetId: string, purpose: 'training' | 'general_suite', examples: Example[]): Promise<void> =>
  database.transaction(async (tx) => {
    const handlers = app.get(DatasetsHandlers);
    await handlers.onExamples(event({ datasetId, ...target, examples, addedAt: now }), tx);
    await handlers.onDataset(event({ datasetId, ...target, purpose, trainCount: 0, testCount: examples.length, contentHash: 'h', opportunityIds: [], failuresAnalyzed: 0, rejected: [], highPriority: false, versionedAt: now }), tx);
  });

const judgeCandidate = async (cycleId: string, version: string, ordinal: number): Promise<CandidateJudged> => {
  await database.transaction(async (tx) => {
    const publish = (versionId: string, at: number) => app.get(VersionsHandlers).onPublished(event({ versionId, ...target, ordinal: at, bundle: { provider: { name: 'scripted', model: versionId } }, contentHash: 'h', publishedAt: now }), tx);
    await publish('v1', 1);
    await publish(version, ordinal);
    await app.get(CandidatesHandlers).onRegistered(event({ cycleId, ...target, trainingRunId: 'r', baseVersion: 'v1', version, datasetIds: ['t'], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: now }), tx);
  });
  await app.get(JudgeCandidateJob).run({ cycleId });
  const verdict = (await outbox<CandidateJudged>('ratchet.candidate.judged')).find((one) => one.cycleId === cycleId);
  if (!verdict) throw new Error(`no verdict on ${cycleId}`);
  return verdict;
};
const outbox = <Data>(type: string): Promise<Data[]> => evaluator.sent<Data>(type);
const scoresOf = (cycleId: string, scorer: string): Promise<Record<string, unknown>[]> =>
  database.query(`select version_id, score, source, fault, count(*)::int as n from answers where cycle_id = $1 and scorer = $2 group by 1, 2, 3, 4 order by 1, 3, 2`, [cycleId, scorer]);

describe('scoring by a judge', () => {
  beforeAll(async () => {
    const labelled = (n: number): Partial<Example> => (n < 3 ? { source: 'user_correction', output: `right ${n}`, rejectedOutput: `wrong ${n}` } : {});
    await dataset('t', 'training', Array.from({ length: 8 }, (_, n) => example(`topic ${n}`, labelled(n))));
    await dataset('g', 'general_suite', [...Array.from({ length: 8 }, (_, n) => example(`general ${n}`)), example('regex 1', { scorer: { kind: 'regex', pattern: '^right' } })]);
  });

  it('compares both versions, says how far the judge agrees with people, and what it cost', async () => {
    const verdict = await judgeCandidate('cycle-1', 'v2', 2);
    expect(await scoresOf('cycle-1', 'judge')).toEqual([{ version_id: 'v1', score: 0, source: 'asked', fault: null, n: 16 }, { version_id: 'v2', score: 1, source: 'asked', fault: null, n: 16 }]);
    expect((await scoresOf('cycle-1', 'regex')).map(({ score }) => score)).toEqual([0, 1]);
    expect(verdict.message).toMatch(/agrees with people on 3 of 3 labelled pairs .*30 pairs are needed to tell, so read its scores with care/u);
    expect(judge.charged).toHaveLength(2 * (3 + 16));
    const [news] = await outbox<BudgetChanged>('ratchet.budget.changed');
    expect(news).toMatchObject({ component: 'evaluation', ...target, calls: 38, run: { limitUsd: 5 }, monthly: { limitUsd: 100 } });
    expect(news?.run.spentUsd).toBeCloseTo(38 * 0.0011, 6);
  });

  it('asks the champion again only for the fresh items, pays no comparison twice, and says what the budget left out', async () => {
    const before = judge.charged.length;
    asked.length = 0;
    await database.query(`update spending set run_id = 'cycle-2' where run_id = 'cycle-1'`);
    const verdict = await judgeCandidate('cycle-2', 'v3', 3);
    expect(asked.filter((one) => one.startsWith('v1 '))).toHaveLength(4);
    const [sources] = await database.query<{ cached: number; measured: number }>(
      `select count(*) filter (where source = 'cached')::int as cached, count(*) filter (where latency_ms is not null)::int as measured from answers where cycle_id = 'cycle-2' and version_id = 'v1'`,
    );
    expect(sources).toEqual({ cached: 14, measured: 4 });
    // 38 calls of this judgement's 70 count as spent, and its labelled pairs are known: 16 comparisons of two calls each are left.
    expect(judge.charged.length - before).toBe(32);
    expect(verdict.message).not.toMatch(/have no score by judge/u);
    await database.query(`update spending set run_id = 'cycle-3'`);
    const third = await judgeCandidate('cycle-3', 'v4', 4);
    expect(judge.charged.length - before).toBe(32);
    expect(third.message).toMatch(/the run's 0 calls are used up.*16 items have no score by judge and count as missing: the judge's budget of this judgement is used up/u);
    expect(third.gates.find(({ name }) => name === 'target_improvement')).toMatchObject({ verdict: 'insufficient', missing: 8 });
    expect((await outbox<BudgetChanged>('ratchet.budget.changed')).at(-1)?.waitingFor?.code).toBe('run_budget');
  });

  it('keeps no word of what the judge said', async () => {
    const tables = await database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`);
    for (const { name } of tables) expect(await database.query(`select 1 from "${name}" t where t::text like '%it quotes%'`)).toEqual([]);
  });

  it('forgets answers and vectors of what a user is erased from, and all of versions that learnt from it', async () => {
    const caches = app.get(ScoringCachesRepository);
    const [place] = await database.query<{ prompt_hash: string }>(`select prompt_hash from answer_cache where content like '%topic 1' limit 1`);
    await caches.vectors.save('p/m', place?.prompt_hash ?? '', new Map([['hash', Float32Array.of(0.25, -1, 3)]]));
    expect((await caches.vectors.find('p/m', ['hash', 'other'])).get('hash')).toEqual(Float32Array.of(0.25, -1, 3));
    const erased = { erasureId: 'e', ...target, service: 'data-generator', userHash: 'h', removed: {}, exampleIds: ['id of topic 1'], datasetIds: ['t'], versions: ['v3'], completedAt: now };
    await database.transaction((tx) => app.get(ErasureHandlers).onErasure(event(erased), tx));
    expect(await database.query(`select 1 from answer_cache where content like '%topic 1' or version_id = 'v3'`)).toEqual([]);
    expect((await caches.vectors.find('p/m', ['hash'])).size).toBe(0);
    expect((await database.query('select 1 from answer_cache')).length).toBeGreaterThan(0);
    // What was under way and comes after the erasure is not kept; what is shipped is from no user.
    const late = { versionId: 'v2', content: 'x', finishReason: 'stop', costUsd: null };
    await caches.answers((prompt) => prompt === 'shipped').save([{ ...late, prompt: 'topic 1', promptHash: 'late' }, { ...late, prompt: 'topic 2', promptHash: 'kept' }, { ...late, prompt: 'shipped', promptHash: 'shipped' }]);
    expect(await database.query(`select prompt_hash from answer_cache where content = 'x' order by 1`)).toEqual([{ prompt_hash: 'kept' }, { prompt_hash: 'shipped' }]);
  });

  it('forgets what is older than its retention', async () => {
    await database.query(`update answer_cache set asked_at = now() - interval '31 days'`);
    await database.query(`update score_cache set scored_at = now() - interval '31 days'`);
    await app.get(PruneTick).tick();
    for (const table of ['answer_cache', 'score_cache']) expect(await database.query(`select 1 from ${table}`)).toEqual([]);
  });
});
