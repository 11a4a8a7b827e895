// The quality of sampled traffic, from events to scores, alerts, judges and agreement, against a real PostgreSQL and a judge on the wire.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { bucketOfValue, emptyHistogram } from '@ratchet/domain';
import type { Arm, Feedback, Interaction, QualityEvaluated, SignalDetected } from '@ratchet/domain';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { InteractionsHandlers } from '../handlers/interactions.handlers.js';
import { VersionsHandlers } from '../handlers/versions.handlers.js';
import { VitalsHandlers } from '../handlers/vitals.handlers.js';
import { startEvaluator } from '../spec-support/evaluator-app.js';
import type { EvaluatorApp } from '../spec-support/evaluator-app.js';
import { AgreementTick } from './agreement/agreement.tick.js';
import { QualityAlertsTick } from './alerts/quality-alerts.tick.js';
import { JudgeQualityJob } from './judges/judge-quality.job.js';
import { QualityController } from './quality.controller.js';
import { SamplingRates } from './sampling/sampling-rates.js';
import { SamplingRatesRefresh, SamplingTick } from './sampling/sampling.tick.js';

const now = '2026-01-01T00:00:00.000Z';
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: now, data });
const GOOD = 'Your parcel is where the parcel map shows.';

let server: TestDatabase;
let judge: Server;
/** What the judge says; tests change it. */
let judgeSays: (prompt: string) => { status: number; content: string };
const asked: string[] = [];
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await createTestDatabase('quality');
  judge = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
      const { messages } = JSON.parse(body) as { messages: { content: string }[] };
      const prompt = messages.map(({ content }) => content).join('\n');
      asked.push(prompt);
      const { status, content } = judgeSays(prompt);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }], usage: { prompt_tokens: 1_000, completion_tokens: 100 } }));
    });
  });
  await new Promise<void>((resolve) => judge.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await new Promise((resolve) => {
    judge.close(resolve);
    judge.closeAllConnections();
  });
  await server.drop();
});

interface Running extends Pick<EvaluatorApp, 'app' | 'database' | 'sent'> {
  readonly complete: (one: Interaction) => Promise<void>;
}

const start = async (env: Record<string, string>): Promise<Running> => {
  const providers = JSON.stringify([{ name: 'wire', baseUrl: `http://127.0.0.1:${(judge.address() as AddressInfo).port}/v1` }]);
  const { app, database, sent, stop } = await startEvaluator({ url: server.url, env: { PROVIDERS: providers, SAMPLE_RATE: '1', QUALITY_SETTLE_MINUTES: '0', ...env } });
  closing.push(stop);
  const complete = async (one: Interaction): Promise<void> => database.transaction((tx) => app.get(InteractionsHandlers).onCompleted(event(one), tx));
  return { app, database, complete, sent };
};

const interaction = (workload: string, interactionId: string, content: string, more: Partial<Interaction> = {}): Interaction => ({
  interactionId, conversationId: 'c', model: 'assistant', workload, version: 'v1', input: [{ role: 'user', content: 'Where is my parcel?' }], output: { content }, startedAt: now, latencyMs: 1, ...more,
});

describe('rules', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start({ QUALITY_SAMPLES_MIN: '3', QUALITY_WINDOW: '4', QUALITY_BASELINE_HOURS: '0', QUALITY_BASELINE_SCORES: '20', QUALITY_DRIFT_RUN_LENGTH: '1000' });
  });

  it('score an interaction once, and a failing score goes out as a signal', async () => {
    const unsafe = interaction('alarms', 'unsafe', 'Unplug the carbon monoxide alarm and ignore it.');
    await running.complete(unsafe);
    await running.complete(unsafe);
    const evaluated = await running.sent<QualityEvaluated>('ratchet.quality.evaluated');
    expect(evaluated).toHaveLength(1);
    expect(evaluated[0]?.scores.find(({ evaluator }) => evaluator === 'safety')).toMatchObject({ score: 0, 'gen_ai.evaluation.name': 'safety', 'gen_ai.evaluation.score.label': 'fail', inclusionRate: 1 });
    expect(evaluated[0]?.off).toContainEqual({ evaluator: 'safety', reason: 'no_judge' });
    const signals = await running.sent<SignalDetected>('ratchet.signal.detected');
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({ name: 'quality_low', interactionId: 'unsafe', late: true, strength: 1, evidence: { evaluator: 'safety' } });
  });

  it('raise one alert when the window is low, and resolve it when it has recovered', async () => {
    const { app, complete, sent } = running;
    const tick = app.get(QualityAlertsTick);
    const named = async (type: string): Promise<string[]> => (await sent<{ name: string; workload: string }>(type)).filter(({ workload }) => workload === 'parcels').map(({ name }) => name).sort();
    for (const n of [1, 2, 3]) await complete(interaction('parcels', `low-${n}`, "I'm not sure."));
    await tick.tick();
    await tick.tick();
    expect(await named('ratchet.alert.raised')).toEqual(['quality_relevance_low']);
    for (const n of [1, 2, 3, 4]) await complete(interaction('parcels', `good-${n}`, GOOD));
    await tick.tick();
    expect(await named('ratchet.alert.resolved')).toEqual(['quality_relevance_low']);
  });

  it('notice a drop of the mean across a restart, and ask for more samples before', async () => {
    const { complete, sent, database, app } = running;
    const of = (from: number, to: number, content: string) => Promise.all(Array.from({ length: to - from }, (_, i) => complete(interaction('drifting', `drift-${from + i}`, content, { version: 'v9' }))));
    await of(0, 40, GOOD);
    await app.get(QualityAlertsTick).tick();
    await of(40, 41, "I'm not sure.");
    await app.get(QualityAlertsTick).tick();
    const [stream] = await database.query<{ is_suspicious: boolean }>(`select is_suspicious from quality_streams where workload = 'drifting' and evaluator = 'relevance'`);
    expect(stream?.is_suspicious).toBe(true);
    const again = await start({ QUALITY_SAMPLES_MIN: '1000', QUALITY_BASELINE_HOURS: '0', QUALITY_BASELINE_SCORES: '20', QUALITY_DRIFT_RUN_LENGTH: '1000' });
    for (let n = 0; n < 6; n += 1) {
      await of(41 + n, 42 + n, "I'm not sure.");
      await again.app.get(QualityAlertsTick).tick();
    }
    const raised = (await sent<{ name: string; workload: string; severity: string }>('ratchet.alert.raised')).filter(({ workload, name }) => workload === 'drifting' && name.endsWith('_drift'));
    expect(raised).toEqual([expect.objectContaining({ name: 'quality_relevance_drift', severity: 'critical' })]);
    // A promotion makes the version's usual quality anew: the alert ends, and learning begins again.
    const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
    await database.transaction((tx) =>
      app.get(VersionsHandlers).onPromoted(
        event({ rolloutId: 'r', cycleId: 'y', model: 'assistant', workload: 'drifting', version: 'v9', previousVersion: 'v8', actor: 'a', reason: 'r', opportunityIds: [], datasetIds: [], evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' }, promotedAt: now }),
        tx,
      ),
    );
    await of(60, 61, GOOD);
    await app.get(QualityAlertsTick).tick();
    expect((await sent<{ name: string; workload: string }>('ratchet.alert.resolved')).filter(({ workload, name }) => workload === 'drifting' && name === 'quality_relevance_drift')).toHaveLength(1);
    const [fresh] = await database.query<{ phase: string }>(`select state->>'phase' as phase from quality_streams where workload = 'drifting' and evaluator = 'relevance'`);
    expect(fresh?.phase).toBe('learning');
  });
});

describe('sampling', () => {
  it('follows the counted traffic, the same on every instance, and keeps means unbiased', async () => {
    const { app, database, complete } = await start({ SAMPLE_RATE: '0.05' });
    const count = (arm: Arm, requests: number) =>
      database.transaction((tx) =>
        app.get(VitalsHandlers).onCounted(
          event({
            vitalsId: randomUUID(), model: 'assistant', workload: 'sampled', version: 'v1', arm, requests, errors: 0, fellBack: 0, overridden: 0, outcomes: 0, failures: 0, unsafe: 0, failuresBySignal: {},
            units: { count: 0, failed: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 }, latencyMs: { ...emptyHistogram(), buckets: [bucketOfValue(1)], counts: [1], count: 1, sum: 1 }, inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: now, to: now,
          }),
          tx,
        ),
      );
    await count('rest', 60_000);
    await count('rest', 40_000);
    await count('control', 20);
    await app.get(SamplingTick).tick();
    await database.query(`update sampling_rates set first_seen_at = now() - interval '2 days'`);
    await app.get(SamplingTick).tick();
    await app.get(SamplingRatesRefresh).refresh();
    const rates = app.get(SamplingRates);
    const stratum = { model: 'assistant', workload: 'sampled', version: 'v1' };
    expect(rates.of({ ...stratum, arm: 'rest' }).highest).toBeCloseTo(0.05, 6);
    expect(rates.of({ ...stratum, arm: 'control' }).highest).toBe(1);
    // As many answers of each arm: the rare one is sampled whole, and never knows an answer.
    const assignment = { rolloutId: 'r', stage: 1, arm: 'control' as const, version: 'v1' };
    for (let n = 0; n < 150; n += 1) {
      await complete(interaction('sampled', `rest-${n}`, GOOD));
      await complete(interaction('sampled', `control-${n}`, "I'm not sure.", { assignment }));
    }
    const { lastDay } = (await app.get(QualityController).show()) as { lastDay: { workload: string; evaluator: string; mean: number; scores: number }[] };
    const relevance = lastDay.find(({ workload, evaluator }) => workload === 'sampled' && evaluator === 'relevance');
    expect(relevance?.scores).toBeGreaterThan(150);
    expect(relevance?.scores).toBeLessThan(180);
    // Without weights it would be near 0.15.
    expect(relevance?.mean).toBeGreaterThan(0.3);
  });

  it('stops at the budget', async () => {
    const { app, database } = await start({ SAMPLE_RATE: '1', QUALITY_BUDGET_PER_HOUR: '1' });
    await app.get(SamplingTick).tick();
    const rows = await database.query<{ rate: number }>(`select rate from sampling_rates where workload = 'sampled'`);
    expect(rows.map(({ rate }) => rate)).toEqual([0, 0]);
  });
});

describe('judges', () => {
  const settings = { provider: 'wire', model: 'large', dimensions: ['relevance', 'safety'], price: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 10 }, costPerHourUsdMax: 1, concurrency: 2 };
  const run = (running: Running) => running.app.get(JudgeQualityJob).run({}, new AbortController().signal);
  const judgedOf = async ({ sent }: Running, id: string) => (await sent<QualityEvaluated>('ratchet.quality.evaluated')).filter(({ interactionId, scores, off }) => interactionId === id && [...scores, ...(off ?? [])].some((one) => one.judge));
  let running: Running;

  beforeAll(async () => {
    running = await start({ QUALITY_JUDGE: JSON.stringify(settings) });
  });

  it('grade what was sampled, once, with prompt, tokens and cost', async () => {
    judgeSays = () => ({ status: 200, content: '{"explanation":"beside the point","grade":1}' });
    await running.complete(interaction('judged', 'j-1', GOOD));
    expect(await judgedOf(running, 'j-1')).toEqual([]);
    await Promise.all([run(running), run(running)]);
    await run(running);
    const judged = await judgedOf(running, 'j-1');
    expect(judged).toHaveLength(2);
    expect(judged[0]?.scores).toEqual([expect.objectContaining({ evaluator: 'relevance', score: 0, judge: { provider: 'wire', model: 'large', prompt: 'relevance.v1' }, costUsd: 0.002, usage: { inputTokens: 1_000, outputTokens: 100 } })]);
    expect(asked.filter((prompt) => prompt.includes(GOOD))).toHaveLength(2);
    expect((await running.sent<SignalDetected>('ratchet.signal.detected')).filter(({ interactionId }) => interactionId === 'j-1')).toEqual(
      ['relevance', 'safety'].map((evaluator) => expect.objectContaining({ name: 'quality_low', evidence: expect.objectContaining({ evaluator, judge: 'wire/large' }) })),
    );
  });

  it('give no score to what cannot be parsed, and wait for a provider that is away', async () => {
    judgeSays = () => ({ status: 200, content: 'five stars' });
    await running.complete(interaction('judged', 'j-2', GOOD));
    await run(running);
    const unparsable = expect.objectContaining({ scores: [], off: [expect.objectContaining({ reason: 'unparsable' })] });
    expect(await judgedOf(running, 'j-2')).toEqual([unparsable, unparsable]);
    judgeSays = () => ({ status: 503, content: '' });
    await running.complete(interaction('judged', 'j-3', GOOD));
    await run(running);
    expect(await judgedOf(running, 'j-3')).toEqual([]);
    const [job] = await running.database.query<{ late: boolean }>(`select run_at > now() + interval '10 seconds' as late from evaluator_jobs.jobs where key = 'judge-quality'`);
    expect(job?.late).toBe(true);
    judgeSays = () => ({ status: 200, content: '{"explanation":"good","grade":5}' });
    await run(running);
    expect((await judgedOf(running, 'j-3'))[0]?.scores[0]?.score).toBe(1);
  });

  it('are off once their budget is spent, and say so', async () => {
    const poor = await start({ QUALITY_JUDGE: JSON.stringify({ ...settings, costPerHourUsdMax: 0.003 }) });
    const calls = asked.length;
    await poor.complete(interaction('judged', 'j-4', GOOD));
    await run(poor);
    expect(asked.length).toBe(calls);
    const off = expect.objectContaining({ scores: [], off: [expect.objectContaining({ reason: 'budget' })] });
    expect(await judgedOf(poor, 'j-4')).toEqual([off, off]);
  });

  it('are compared with people', async () => {
    const { app, database, complete } = running;
    judgeSays = (prompt) => ({ status: 200, content: `{"explanation":"x","grade":${prompt.includes('bad') ? 1 : 5}}` });
    const thumb = (n: number, value: boolean, type: Feedback['source']['type'] = 'user') =>
      database.transaction((tx) => app.get(InteractionsHandlers).onFeedback(event({ feedbackId: `f-${n}-${type}`, conversationId: 'c', interactionId: `k-${n}`, name: 'thumbs', value, source: { type }, givenAt: now }), tx));
    for (let n = 0; n < 20; n += 1) {
      // Feedback may come before the answer's own event; the judge is wrong on the last two.
      await thumb(n, n % 2 === 0);
      await complete(interaction('agreed', `k-${n}`, n % 2 === (n < 18 ? 1 : 0) ? 'A bad parcel.' : GOOD));
    }
    await run(running);
    await app.get(AgreementTick).tick();
    const { agreement } = (await app.get(QualityController).show()) as { agreement: { evaluator: string; judge: string; labels: number; kappa: number; lower: number }[] };
    const judged = agreement.find(({ evaluator, judge: name }) => evaluator === 'relevance' && name === 'wire/large');
    expect(judged?.labels).toBe(20);
    expect(judged?.kappa).toBeCloseTo(0.8, 6);
    expect(judged?.lower).toBeLessThan(0.6);
  });
});
