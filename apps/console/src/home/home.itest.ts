// What the home page is told: counts over time, the state of the loop, and what waits for a person, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureRatesSchema, homeSchema, statusSchema } from '@ratchet/console-api';
import {
  alertRaised, budgetChanged, candidateJudged, candidateRegistered, emptyHistogram, routingChanged, trainingStarted, versionPromoted, type VitalsCounted, vitalsCounted,
} from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { BudgetsHandlers } from '../budgets/budgets.handlers.js';
import { CycleHandlers } from '../handlers/cycle.handlers.js';
import { StateHandlers } from '../handlers/state.handlers.js';
import { RolloutsHandlers } from '../rollouts/rollouts.handlers.js';
import { VitalsHandlers } from '../vitals/vitals.handlers.js';
import { failureRates, pruneVitalsByTime } from '../vitals/vitals-by-time.js';

let running: TestConsole;
beforeAll(async () => {
  running = await startTestConsole();
});
afterAll(async () => {
  await running?.stop();
});

const now = Date.now();
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const target = { model: 'm', workload: 'support' };
const told = <Data>(data: Data, work: (event: { id: string; source: string; type: string; time: string; data: Data }, tx: Transaction) => Promise<void>): Promise<void> =>
  running.database.transaction((tx) => work({ id: JSON.stringify(data).slice(0, 100), source: '/t', type: 't', time: ago(0), data }, tx));
const get = async (path: string): Promise<{ statusCode: number; json: () => unknown }> => running.app.inject({ method: 'GET', url: path, headers: bearer(ADMIN_TOKEN) });

const vitals = (parts: Partial<VitalsCounted>): Promise<void> => {
  const data = vitalsCounted.schema.parse({
    vitalsId: 'v', ...target, version: 'v1', arm: 'rest', requests: 10, errors: 0, fellBack: 0, overridden: 0, outcomes: 10, failures: 1, unsafe: 0, failuresBySignal: {},
    units: { count: 0, failed: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 }, latencyMs: emptyHistogram(), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: ago(1), to: ago(1), ...parts,
  });
  return told(data, (event, tx) => running.app.get(VitalsHandlers).onVitals(event, tx));
};

describe('failure rates over time', () => {
  beforeAll(async () => {
    await vitals({ to: '2026-01-10T11:58:10Z' });
    await vitals({ to: '2026-01-10T11:58:50Z', arm: 'control', failures: 3 });
    await vitals({ to: '2026-01-10T11:59:00Z', version: 'v2', outcomes: 0, failures: 0 });
    await vitals({ to: '2026-01-10T08:00:00Z', version: 'v2', failures: 5 });
    const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
    const promoted = versionPromoted.schema.parse({
      rolloutId: 'ro 1', cycleId: 'c1', ...target, version: 'v1', previousVersion: 'v0', actor: 'policy', reason: 'passed', evidence: { candidate: counts, control: counts, tests: [], formulaVersion: 'f' }, opportunityIds: [], datasetIds: [], promotedAt: '2026-01-10T11:30:00Z',
    });
    await told(promoted, (event, tx) => running.app.get(RolloutsHandlers).onPromoted(event, tx));
  });
  const noon = Date.parse('2026-01-10T12:00:00Z');

  it('adds the arms of a version up by the time of what was counted, with an interval', async () => {
    const rates = await failureRates(running.database, { ...target, range: 'hour' }, noon);
    expect(failureRatesSchema.parse(rates)).toEqual(rates);
    expect(rates.versions).toEqual([{ version: 'v1', points: [{ at: '2026-01-10T11:58:00.000Z', outcomes: 20, failures: 4, rate: 0.2, lower: expect.closeTo(0.0807, 4), upper: expect.closeTo(0.416, 4) }] }]);
  });

  it('reach as far back as asked, in wider steps', async () => {
    const rates = await failureRates(running.database, { ...target, range: 'week' }, noon);
    expect(rates.versions.map(({ version, points }) => [version, points.map(({ at, failures }) => [at, failures])])).toEqual([['v2', [['2026-01-10T06:00:00.000Z', 5]]], ['v1', [['2026-01-10T09:00:00.000Z', 4]]]]);
  });

  it('hold the promotions of the target', async () => {
    expect((await failureRates(running.database, { ...target, range: 'hour' }, noon)).marks).toEqual([{ at: '2026-01-10T11:30:00.000Z', kind: 'promoted', version: 'v1', rolloutId: 'ro 1' }]);
    expect((await failureRates(running.database, { ...target, workload: 'sales', range: 'hour' }, noon)).marks).toEqual([]);
  });

  it('lose their narrow steps with age, and keep the wide ones', async () => {
    await vitals({ to: new Date(now - 20 * 86_400_000).toISOString(), version: 'old' });
    await vitals({ to: ago(5), version: 'new' });
    await pruneVitalsByTime(running.database);
    const left = await running.database.query<{ version: string; grain: number }>(`select version, grain_seconds as grain from vitals_by_time where version in ('old', 'new') order by version, grain`);
    expect(Object.groupBy(left, ({ version }) => version)).toMatchObject({ new: [60, 900, 10_800, 86_400].map((grain) => ({ grain })), old: [10_800, 86_400].map((grain) => ({ grain })) });
  });

  it.each([['model=m&workload=s&range=year', 400], ['model=%00&workload=s', 400], ['workload=s', 400], ['model=nobody&workload=s&range=month', 200]])('answers %s with %i', async (query, status) => {
    expect((await get(`/api/failure-rates?${query}`)).statusCode).toBe(status);
  });
});

describe('the home page', () => {
  const cycle = { cycleId: 'c7', ...target, trainingRunId: 'r1', baseVersion: 'v1' };
  beforeAll(async () => {
    const { app } = running;
    const [cycles, state] = [app.get(CycleHandlers), app.get(StateHandlers)];
    await vitals({ to: new Date(now - 100 * 86_400_000).toISOString() });
    await told(alertRaised.schema.parse({ alertId: 'a1', workload: 'support', name: 'vitals_stale', severity: 'critical', message: 'nothing came', raisedAt: ago(1) }), (event, tx) => state.onAlert(event, tx));
    await told(routingChanged.schema.parse({ ...target, revision: 1, champion: 'v1', share: 0, stage: 0, salt: 's', stickTo: 'conversation', changedAt: ago(9) }), (event, tx) => state.onRouting(event, tx));
    await told(
      budgetChanged.schema.parse({ component: 'data_generation', ...target, month: '2026-01', run: { spentUsd: 5, limitUsd: 5 }, monthly: { spentUsd: 5, limitUsd: null }, calls: 3, waitingFor: { code: 'run_budget', message: 'used up' }, changedAt: ago(30) }),
      (event, tx) => app.get(BudgetsHandlers).onBudget(event, tx),
    );
    await told(trainingStarted.schema.parse({ ...cycle, trigger: 'command', triggerReason: 'r', datasetIds: [], opportunityIds: [], failuresAnalyzed: 0, exampleCount: 1, trainingConfig: {}, startedAt: ago(60) }), (event, tx) => cycles.onStarted(event, tx));
    await told(candidateRegistered.schema.parse({ ...cycle, version: 'v/2', datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: ago(50) }), (event, tx) => cycles.onRegistered(event, tx));
    await told(candidateJudged.schema.parse({ cycleId: 'c7', ...target, version: 'v/2', baseVersion: 'v1', outcome: 'insufficient', awaits: 'person', gates: [], message: 'too few', judgedAt: ago(40) }), (event, tx) => cycles.onJudged(event, tx));
  });

  it('lists what waits for a person, the most urgent first and then the oldest, with the page that decides it', async () => {
    const { needs } = homeSchema.parse((await get('/api/home')).json());
    expect(needs.filter(({ severity }) => severity !== 'info').map(({ kind, path }) => [kind, path])).toEqual([['alert', '/alerts'], ['verdict', '/versions/m/support/v%2F2'], ['budget', '/alerts']]);
  });

  it('lists reports that nobody signed at the end, one line a kind', async () => {
    const { needs } = homeSchema.parse((await get('/api/home')).json());
    expect(needs.slice(-3).map(({ kind, title }) => [kind, /daily|weekly|monthly/.exec(title)?.[0]]).sort()).toEqual([['report', 'daily'], ['report', 'monthly'], ['report', 'weekly']]);
    expect(needs.filter(({ kind }) => kind === 'report')).toHaveLength(3);
  });

  it('says what each part of the loop is at', async () => {
    const { loop } = homeSchema.parse((await get('/api/home')).json());
    expect(loop).toMatchObject({ openOpportunities: { count: 0, isMore: false }, cycles: [{ state: 'waiting for a person', count: 1 }], lastVerdict: { version: 'v/2', outcome: 'insufficient' }, targets: [{ ...target, champion: 'v1', candidate: null }] });
  });

  it('has what scripts ask for, as documented', async () => {
    const status = statusSchema.strict().parse((await get('/api/status')).json());
    expect(status).toMatchObject({ targets: [{ routing: { champion: 'v1' } }], alerts: [{ alertId: 'a1' }], openOpportunities: 0 });
    expect([(await get('/api/interactions?limit=500')).statusCode, (await get('/api/interactions?limit=501')).statusCode]).toEqual([200, 400]);
  });
});
