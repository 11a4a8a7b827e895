// A candidate's way from its events to the verdict, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged, Example } from '@ratchet/domain';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { DatasetsHandlers } from './handlers/datasets.handlers.js';
import { VersionsHandlers } from './handlers/versions.handlers.js';
import { JudgeCandidateJob } from './judging/judge-candidate.job.js';
import { ErasureRepository } from './persistence/erasure.repository.js';
import { PruneTick } from './prune.tick.js';
import { scriptProvider, startEvaluator } from './spec-support/evaluator-app.js';
import type { EvaluatorApp } from './spec-support/evaluator-app.js';

const target = { model: 'assistant', workload: 'default' };
const now = '2026-01-01T00:00:00.000Z';
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now, data });

const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const evidence = { candidate: counts, control: counts, tests: [], formulaVersion: '1' };

let server: TestDatabase;
let evaluator: EvaluatorApp;
let app: EvaluatorApp['app'];
let database: EvaluatorApp['database'];
/** What the scripted provider says; tests change it. */
let answer: (model: string, question: string) => string | { failure: 'connection' | 'refused' };

beforeAll(async () => {
  server = await createTestDatabase('evaluator');
  evaluator = await startEvaluator({ url: server.url, env: { JUDGE_OUTAGES_MAX: '1' } });
  ({ app, database } = evaluator);
  scriptProvider(evaluator, (model, question) => answer(model, question));
});

afterAll(async () => {
  await evaluator?.stop();
  await server?.drop();
});

const example = (input: string, split: 'train' | 'test', category?: string): Example => ({
  exampleId: `${input}-${split}`, input, output: `right answer to ${input}`, ...(category !== undefined && { category }), source: 'import', split, confidence: 1, lineage: { interactionIds: [] },
});

const dataset = async (datasetId: string, purpose: 'training' | 'general_suite', examples: Example[]): Promise<void> => {
  const handlers = app.get(DatasetsHandlers);
  await database.transaction(async (tx) => {
    for (let start = 0; start < examples.length; start += 200) await handlers.onExamples(event({ datasetId, ...target, examples: examples.slice(start, start + 200), addedAt: now }), tx);
    await handlers.onDataset(event({ datasetId, ...target, purpose, trainCount: 0, testCount: examples.length, contentHash: 'h', opportunityIds: purpose === 'training' ? [`opp-${datasetId}`] : [], failuresAnalyzed: 0, rejected: [], highPriority: false, versionedAt: now }), tx);
  });
};

const publish = async (versionId: string, ordinal: number): Promise<void> =>
  database.transaction((tx) => app.get(VersionsHandlers).onPublished(event({ versionId, ...target, ordinal, bundle: { provider: { name: 'scripted', model: versionId } }, contentHash: 'h', publishedAt: now }), tx));

const register = async ({ cycleId, version, baseVersion, datasetIds }: { cycleId: string; version: string; baseVersion: string; datasetIds: string[] }): Promise<void> =>
  database.transaction((tx) =>
    app.get(CandidatesHandlers).onRegistered(event({ cycleId, ...target, trainingRunId: 'r', baseVersion, version, datasetIds, opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: now }), tx),
  );

const outbox = async <Data>(type: string): Promise<(Data & { headers: Record<string, string> })[]> => {
  const rows = await database.query<{ value: string; headers: Record<string, string> }>(`select value, headers from outbox where headers->>'ce_type' = $1 order by sequence`, [type]);
  return rows.map(({ value, headers }) => ({ ...(JSON.parse(value) as Data), headers }));
};
const verdictOf = async (cycleId: string): Promise<(CandidateJudged & { headers: Record<string, string> }) | undefined> => (await outbox<CandidateJudged>('ratchet.candidate.judged')).find((one) => one.cycleId === cycleId);
const judge = (cycleId: string): Promise<void> => app.get(JudgeCandidateJob).run({ cycleId });

const learnt = (topic: string) => (model: string, question: string): string => {
  if (question.includes(topic) && model === 'v1') return "I'm not sure.";
  return /^(?:topic|general)/u.test(question) ? `right answer to ${question}` : "I can't help with that request.";
};

describe('a judgement', () => {
  beforeAll(async () => {
    await dataset('general-1', 'general_suite', Array.from({ length: 2_400 }, (_, i) => example(`general ${i}`, 'test', `category ${i % 5}`)));
    await dataset('training-1', 'training', [...Array.from({ length: 100 }, (_, i) => example(`topic one ${i}`, 'test')), example('topic one train', 'train')]);
    await publish('v1', 1);
    await publish('v2', 2);
  });

  it('passes a better candidate once, with the cycle on the event, and asks nothing from the training split', async () => {
    const asked: string[] = [];
    answer = (model, question) => {
      asked.push(`${model} ${question}`);
      return learnt('topic one')(model, question);
    };
    await register({ cycleId: 'cycle-1', version: 'v2', baseVersion: 'v1', datasetIds: ['training-1'] });
    await judge('cycle-1');
    await judge('cycle-1');
    const verdict = await verdictOf('cycle-1');
    expect(verdict).toMatchObject({ outcome: 'passed', version: 'v2', headers: { ce_correlationid: 'cycle-1' } });
    expect(verdict?.gates.slice(0, 3).map(({ verdict: one }) => one)).toEqual(['passed', 'passed', 'passed']);
    expect(verdict?.changes).toMatchObject({ betterCount: 100, worseCount: 0, worse: [] });
    expect(verdict?.changes?.better[0]).toMatchObject({ suite: 'target', oldAnswer: "I'm not sure.", newAnswer: expect.stringMatching(/^right answer to topic one/u), oldScore: 0, newScore: 1 });
    expect((await outbox('ratchet.candidate.judged')).length).toBe(1);
    expect(asked.filter((one) => one.includes('train')).length).toBe(0);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('enqueues one job for a candidate that is announced twice', async () => {
    await register({ cycleId: 'cycle-1', version: 'v2', baseVersion: 'v1', datasetIds: ['training-1'] });
    const jobs = await database.query(`select key from evaluator_jobs.jobs where key = 'judge-candidate:cycle-1'`);
    expect(jobs).toHaveLength(1);
  });

  it('stops at an outage, continues with what is stored, and gives up only on what is still missing', async () => {
    await publish('v2b', 3);
    await register({ cycleId: 'cycle-2', version: 'v2b', baseVersion: 'v1', datasetIds: ['training-1'] });
    let calls = 0;
    answer = (model, question) => {
      calls += 1;
      return calls > 1_000 ? { failure: 'refused' } : learnt('topic one')(model, question);
    };
    await expect(judge('cycle-2')).rejects.toThrow(/answers in a row failed/u);
    const [stored] = await database.query<{ n: number }>(`select count(*)::int as n from answers where cycle_id = 'cycle-2' and fault is null and source = 'asked'`);
    expect(stored?.n).toBe(1_000);
    await judge('cycle-2');
    const verdict = await verdictOf('cycle-2');
    expect(verdict?.outcome).toBe('insufficient');
    expect(verdict?.message).toMatch(/could not be had from the provider/u);
  });

  it('makes what was promoted a category of the suite for good, and supersedes candidates of the old champion', async () => {
    await database.transaction((tx) =>
      app.get(VersionsHandlers).onPromoted(
        event({ rolloutId: 'r', cycleId: 'cycle-1', ...target, version: 'v2', previousVersion: 'v1', actor: 'a', reason: 'r', opportunityIds: [], datasetIds: ['training-1'], evidence, promotedAt: now }),
        tx,
      ),
    );
    await publish('v3', 4);
    await register({ cycleId: 'cycle-3', version: 'v3', baseVersion: 'v1', datasetIds: ['training-1'] });
    await judge('cycle-3');
    expect(await verdictOf('cycle-3')).toMatchObject({ outcome: 'superseded', gates: [] });

    await dataset('training-2', 'training', Array.from({ length: 100 }, (_, i) => example(`topic two ${i}`, 'test')));
    answer = (model, question) => (model === 'v3' && question.startsWith('topic one') ? 'forgotten' : model === 'v2' && question.startsWith('topic two') ? "I'm not sure." : learnt('nothing')(model, question));
    await register({ cycleId: 'cycle-4', version: 'v3', baseVersion: 'v2', datasetIds: ['training-2'] });
    await judge('cycle-4');
    const verdict = await verdictOf('cycle-4');
    expect(verdict?.outcome).toBe('failed');
    expect(verdict?.gates[1]?.categories?.find(({ category }) => category === 'fixed:opp-training-1')).toMatchObject({ harmed: true, n: 100, new: 0 });
  });

  it('fails a candidate whose training, or that of its promoted base, held a test item, and forgets erased examples', async () => {
    await dataset('training-3', 'training', [...Array.from({ length: 20 }, (_, i) => example(`topic three ${i}`, 'test')), example('topic one TRAIN!', 'test'), example('Topic three 7.', 'train')]);
    await publish('v4', 5);
    const outcomeOf = async (cycleId: string): Promise<unknown> => {
      await register({ cycleId, version: 'v4', baseVersion: 'v2', datasetIds: ['training-3'] });
      await judge(cycleId);
      const verdict = await verdictOf(cycleId);
      return { outcome: verdict?.outcome, leaked: verdict?.evidence?.leakedItemIds, gates: verdict?.gates.length };
    };
    expect(await outcomeOf('cycle-5')).toEqual({ outcome: 'failed', leaked: ['target:training-3:topic one TRAIN!-test', 'target:training-3:topic three 7-test'], gates: 0 });
    await database.transaction((tx) => app.get(ErasureRepository).dropExamples(tx, { ...target, exampleIds: ['Topic three 7.-train'] }));
    expect(await outcomeOf('cycle-6')).toMatchObject({ leaked: ['target:training-3:topic one TRAIN!-test'] });
  });

  it('keeps promoted datasets when old ones are forgotten', async () => {
    await database.query(`update datasets set versioned_at = now() - interval '400 days'`);
    await app.get(PruneTick).tick();
    const left = await database.query<{ dataset_id: string }>('select distinct dataset_id from examples order by 1');
    expect(left.map(({ dataset_id: id }) => id)).toEqual(['general-1', 'training-1']);
    expect(await database.query('select dataset_id as id from train_fingerprints')).toEqual([{ id: 'training-1' }]);
  });
});
