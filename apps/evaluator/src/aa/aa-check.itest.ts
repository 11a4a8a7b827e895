// A champion judged against itself, from the tick to the alert, against a real PostgreSQL.
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { VersionRuntime } from '@ratchet/providers';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { VersionsRepository } from '../persistence/versions.repository.js';
import { Scoring } from '../scoring/scoring.js';
import { scriptProvider, startEvaluator } from '../spec-support/evaluator-app.js';
import type { EvaluatorApp } from '../spec-support/evaluator-app.js';
import { AaCheckJob } from './aa-check.job.js';
import { AaCheckTick } from './aa-check.tick.js';

const target = { model: 'assistant', workload: 'default' };
const metrics = new Metrics();
let server: TestDatabase;
let evaluator: EvaluatorApp;
let app: EvaluatorApp['app'];
let database: EvaluatorApp['database'];
let answer: (question: string) => string;

const events = (type: string): Promise<Record<string, unknown>[]> => evaluator.sent(type);

/** What the tick has asked for, done; the number of checks. */
const turn = async (): Promise<number> => {
  await app.get(AaCheckTick).tick();
  const jobs = await database.query<{ id: string }>(`select (evaluator_jobs.remove_job(key)).id from evaluator_jobs.jobs where key like 'aa-check:%'`);
  for (let left = jobs.length; left > 0; left -= 1) await app.get(AaCheckJob).run(target, new AbortController().signal);
  return jobs.length;
};

const promote = (versionId: string): Promise<void> =>
  database.transaction(async (tx) => {
    const versions = app.get(VersionsRepository);
    await versions.publish(tx, { ...target, versionId, ordinal: 1, bundle: { provider: { name: 'scripted', model: versionId } }, contentHash: 'h', publishedAt: new Date().toISOString() });
    await versions.crown(tx, { ...target, versionId, since: new Date().toISOString() });
  });

beforeAll(async () => {
  server = await createTestDatabase('evaluator-aa');
  evaluator = await startEvaluator({ url: server.url, env: { AA_CHECK_ITEMS_MAX: '200' }, metrics });
  ({ app, database } = evaluator);
  scriptProvider(evaluator, (_, question) => answer(question));
  await database.query(`insert into datasets values ('suite', $1, $2, 'general_suite', '[]', now())`, [target.model, target.workload]);
  await database.query(`insert into examples (dataset_id, example_id, split, input, output, category) select 'suite', 'e' || i, 'test', 'question ' || i, 'answer ' || i, 'c' || i % 4 from generate_series(1, 400) i`);
});

afterAll(async () => {
  await evaluator?.stop();
  await server?.drop();
});

it('asks a new champion everything twice within the limit, once, and finds no difference', async () => {
  const asked = new Map<string, number>();
  answer = (question) => {
    asked.set(question, (asked.get(question) ?? 0) + 1);
    return question.replace('question', 'answer');
  };
  const scorersFor = jest.spyOn(app.get(Scoring), 'scorersFor');
  await promote('v1');
  expect(await turn()).toBe(1);
  expect(scorersFor.mock.calls).toEqual([[expect.objectContaining(target)]]);
  expect(new Set(asked.values())).toEqual(new Set([2]));
  expect(asked.size).toBe(200);
  expect(await database.query('select version_id, trigger, outcome, alert_id from aa_checks')).toEqual([{ version_id: 'v1', trigger: 'promotion', outcome: 'clean', alert_id: null }]);
  expect(await turn()).toBe(0);
  expect(await metrics.registry.metrics()).toContain('ratchet_evaluator_aa_checks_total{outcome="clean"} 1');
});

it('raises one alert where the judge finds a difference, and resolves it with the next clean check', async () => {
  // A fault of the judge that touches one side only: here its questions come with a space too many.
  const sides = app.get(VersionRuntime);
  const complete = sides.complete.bind(sides);
  sides.complete = (request) => complete({ ...request, ...(request.versionId.endsWith('(second)') && { messages: [{ role: 'user' as const, content: `${request.messages.at(-1)?.content ?? ''} ` }] }) });
  answer = (question) => (question.endsWith('1 ') || question.endsWith('2 ') ? 'another answer' : question.trim().replace('question', 'answer'));
  for (const version of ['v2', 'v3']) {
    await promote(version);
    expect(await turn()).toBe(1);
  }
  sides.complete = complete;
  const raised = await events('ratchet.alert.raised');
  expect(raised).toEqual([expect.objectContaining({ name: 'aa_check', workload: 'default', message: expect.stringMatching(/^champion v2 of .*, judged against itself: the first time, the version scored higher: score 1\.00 /u) })]);
  expect(await events('ratchet.alert.resolved')).toEqual([]);

  answer = (question) => question.replace('question', 'answer');
  await database.query(`update aa_checks set finished_at = finished_at - interval '8 days'`);
  expect(await turn()).toBe(1);
  expect(await events('ratchet.alert.resolved')).toEqual([expect.objectContaining({ alertId: raised[0]?.['alertId'], name: 'aa_check' })]);
  expect(await database.query(`select trigger, outcome from aa_checks order by finished_at desc limit 1`)).toEqual([{ trigger: 'schedule', outcome: 'clean' }]);
});

it('makes up for a check without anything to ask within a day, and is quiet about it', async () => {
  await database.query(`update examples set split = 'train'`);
  await database.query(`delete from datasets`);
  await promote('v4');
  expect(await turn()).toBe(1);
  expect(await turn()).toBe(0);
  await database.query(`update aa_checks set finished_at = finished_at - interval '25 hours'`);
  expect(await turn()).toBe(1);
  expect((await events('ratchet.alert.raised')).length).toBe(1);
});
