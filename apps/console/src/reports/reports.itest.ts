// The daily, weekly and monthly reports, made of what the topics told: against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cell, periodOf, reportExportSchema, type ReportKind, type Section, reportSchema } from '@ratchet/console-api';
import { alertRaised, alertResolved, budgetChanged, candidateJudged, candidateRegistered, commandIssued, erasureCompleted, histogramOf, opportunityClosed, opportunityRanked, reviewChanged, trainingStarted, versionPromoted, versionRolledBack, vitalsCounted } from '@ratchet/domain';
import type { EventData, EventDefinition } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { CycleHandlers } from '../handlers/cycle.handlers.js';
import { ReviewHandlers } from '../handlers/review.handlers.js';
import { StateHandlers } from '../handlers/state.handlers.js';
import { VitalsHandlers } from '../vitals/vitals.handlers.js';
import { ReportsHandlers } from './reports.handlers.js';

let running: TestConsole;
const target = { model: 'm', workload: 'support' };
/** Of January 2026; its second week is from the 5th to the 11th. */
const on = (day: number, hour = 10): string => new Date(Date.UTC(2026, 0, day, hour)).toISOString();

/** Has the event handled as the consumer does it. */
const tell = async <D extends EventDefinition>(definition: D, data: object, ...handle: ((event: never, tx: Transaction) => Promise<void>)[]): Promise<void> => {
  const parsed = definition.schema.parse(data) as EventData<D>;
  const event = { id: JSON.stringify(data).slice(0, 190), source: '/t', type: definition.type, time: on(1), data: parsed };
  await running.database.transaction(async (tx) => {
    for (const one of handle) await one(event as never, tx);
  });
};
const get = async (path: string): Promise<unknown> => (await running.app.inject({ method: 'GET', url: path, headers: bearer(ADMIN_TOKEN) })).json();
const post = async (path: string, payload: object) => (await running.app.inject({ method: 'POST', url: path, headers: bearer(ADMIN_TOKEN), payload })).statusCode;
const report = async (kind: ReportKind, period: string) => reportSchema.parse(await get(`/api/reports/${kind}/${period}`));
const sections = async (kind: ReportKind, period: string): Promise<Map<string, Section>> => new Map((await report(kind, period)).present.content.sections.map((section) => [section.id, section]));
const textOf = (cell: Cell | undefined): string | number | null => (typeof cell === 'object' && cell !== null ? cell.text : (cell ?? null));
/** The named columns of a section's rows. */
const rowsOf = (section: Section | undefined, ...titles: string[]): unknown[][] => {
  const places = titles.map((title) => section?.columns.findIndex((column) => column.title === title) ?? -1);
  expect(places).not.toContain(-1);
  return section?.rows.map((row) => places.map((place) => textOf(row[place]))) ?? [];
};

const cycle = async (cycleId: string, day: number, outcome: 'promoted' | 'failed' | 'rolled back'): Promise<void> => {
  const handlers = running.app.get(CycleHandlers);
  const version = `v-${cycleId}`;
  const of = { cycleId, ...target, trainingRunId: `r-${cycleId}`, baseVersion: 'v1', datasetIds: ['d'], opportunityIds: ['o1'], trainingConfig: { epochs: 3 } };
  await tell(trainingStarted, { ...of, trigger: 'data_threshold', triggerReason: 'enough', failuresAnalyzed: 40, exampleCount: 12, startedAt: on(day, 8) }, (event, tx) => handlers.onStarted(event, tx));
  await tell(candidateRegistered, { ...of, version, trainingSeconds: 5, registeredAt: on(day, 9) }, (event, tx) => handlers.onRegistered(event, tx));
  const harmed = { category: 'billing', n: 20, old: 0.9, new: 0.5, difference: -0.4, halfWidth: 0.1, harmed: true, thin: false };
  const gate = { name: 'no_regression', required: true, verdict: outcome === 'failed' ? 'failed' : 'passed', value: -0.1, halfWidth: 0.05, n: 200, threshold: -0.02, message: 'm', categories: outcome === 'failed' ? [harmed] : [{ ...harmed, harmed: false }] };
  await tell(candidateJudged, { cycleId, ...target, version, baseVersion: 'v1', outcome: outcome === 'failed' ? 'failed' : 'passed', gates: [gate], message: 'so', judgedAt: on(day, 11) }, (event, tx) => handlers.onJudged(event, tx));
  const arm = { units: 100, failedUnits: 10, outcomes: 100, failures: 10, errors: 0, unsafe: 0, latencyP95Ms: 120 };
  const end = { cycleId, ...target, version, rolloutId: `ro-${cycleId}`, previousVersion: 'v1', actor: 'rollout-controller', reason: 'the evidence', opportunityIds: ['o1'], datasetIds: ['d'], evidence: { candidate: arm, control: arm, tests: [], formulaVersion: 'f' } };
  if (outcome === 'promoted') await tell(versionPromoted, { ...end, promotedAt: on(day, 15) }, (event, tx) => handlers.onPromoted(event, tx));
  if (outcome === 'rolled back') await tell(versionRolledBack, { ...end, stage: 2, metric: 'failure_rate', rolledBackAt: on(day, 15) }, (event, tx) => handlers.onRolledBack(event, tx));
};

const ranked = (opportunityId: string, day: number): Promise<void> =>
  tell(
    opportunityRanked,
    {
      opportunityId, clusterId: 'c', ...target, version: 'v1', size: 12, affectedUsers: 7, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 3, rank: 1, rootCause: 'knowledge_gap', rootCauseConfidence: 0.8, rootCauseReason: 'r',
      fixType: 'knowledge_entries', suggestedFix: 's', strategy: 's', commonPatterns: [], representatives: [], interactionIds: [], analysisId: 'a', failuresAnalyzed: 100, rankedAt: on(day),
    },
    (event, tx) => running.app.get(ReportsHandlers).onOpportunity(event, tx),
  );
const reviewed = (exampleId: string, day: number, decisions: readonly (readonly [string, string])[]): Promise<void> =>
  tell(
    reviewChanged,
    {
      item: { exampleId, ...target, opportunityId: 'o1', input: 'i', output: 'o', source: 'user_correction', confidence: 0.5, reason: 'r', interactionIds: [], state: 'approved', reviewersNeeded: decisions.length, decisions: decisions.map(([reviewer, decision]) => ({ reviewer, decision, reason: '', decidedAt: on(day) })) },
      changedAt: on(day),
    },
    (event, tx) => running.app.get(ReviewHandlers).onReview(event, tx),
  );
const vitals = (day: number, failures: number): Promise<void> =>
  tell(vitalsCounted, { vitalsId: `v${day}`, ...target, version: 'v1', arm: 'rest', stage: 0, requests: 100, errors: 2, fellBack: 0, overridden: 0, outcomes: 90, failures, unsafe: 0, failuresBySignal: {}, units: { count: 0, failed: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 }, latencyMs: histogramOf([]), inputTokens: 0, outputTokens: 0, costUsd: histogramOf([]), from: on(day), to: on(day) }, (event, tx) =>
    running.app.get(VitalsHandlers).onVitals(event, tx),
  );
const command = (name: string, day: number, parts: object = {}): Promise<void> =>
  tell(commandIssued, { name, commandId: `${name}-${day}`, actor: 'human:ana', reason: `because of ${day}`, ...target, issuedAt: on(day), ...parts }, (event, tx) => running.app.get(CycleHandlers).onCommand(event, tx));
const alert = async (alertId: string, day: number, over?: number): Promise<void> => {
  const state = running.app.get(StateHandlers);
  await tell(alertRaised, { alertId, workload: 'support', name: 'rollout_no_data', severity: 'warning', message: '=1+1', raisedAt: on(day) }, (event, tx) => state.onAlert(event, tx));
  if (over !== undefined) await tell(alertResolved, { alertId, workload: 'support', name: 'rollout_no_data', message: 'over', resolvedAt: on(over) }, (event, tx) => state.onResolved(event, tx));
};

beforeAll(async () => {
  running = await startTestConsole();
  await cycle('before', 2, 'promoted');
  await cycle('good', 6, 'promoted');
  await cycle('bad', 7, 'failed');
  await cycle('back', 9, 'rolled back');
  await cycle('after', 13, 'failed');
  await ranked('o1', 6);
  await ranked('o2', 3);
  await tell(opportunityClosed, { opportunityId: 'o2', ...target, reason: 'fixed', version: 'v-good', closedAt: on(8) }, (event, tx) => running.app.get(ReportsHandlers).onClosed(event, tx));
  await reviewed('e1', 7, [['ana', 'approve'], ['bob', 'approve']]);
  await reviewed('e2', 7, [['ana', 'reject'], ['bob', 'approve']]);
  await reviewed('e3', 8, [['ana', 'edit']]);
  await reviewed('e4', 14, [['ana', 'approve']]);
  await command('rollout.pause', 9);
  await command('automation.hold', 20);
  await vitals(5, 9);
  await vitals(6, 27);
  await alert('a1', 6, 7);
  await alert('a2', 2);
  await alert('a3', 2, 3);
  await tell(budgetChanged, { component: 'data_generation', ...target, month: '2026-01', run: { spentUsd: 1, limitUsd: null }, calls: 3, monthly: { spentUsd: 3.5, limitUsd: 10 }, changedAt: on(9) }, (event, tx) => running.app.get(ReportsHandlers).onBudget(event, tx));
  await tell(erasureCompleted, { erasureId: 'er', ...target, service: 'data-generator', userHash: 'h', removed: { failures: 2, examples: 3 }, exampleIds: [], datasetIds: [], versions: [], completedAt: on(9) }, (event, tx) => running.app.get(ReviewHandlers).onErasure(event, tx));
});
afterAll(async () => {
  await running?.stop();
});

describe('the daily report', () => {
  it('has the alerts that were open on its day, and compares its failure rate with the day before', async () => {
    const daily = await sections('daily', '2026-01-06');
    expect(rowsOf(daily.get('alerts'), 'Alert', 'Message').length).toBe(2);
    expect(JSON.stringify([...daily.values()])).toContain('30.0');
    expect((await report('daily', '2026-01-06')).closed).toBe(true);
  });
});

describe('the weekly report', () => {
  it('has the cycles that began or ended in its week, each with its gates and its decision', async () => {
    const weekly = await sections('weekly', '2026-W02');
    expect(rowsOf(weekly.get('cycles'), 'Cycle', 'Examples learnt from', 'Ended', 'Decision')).toEqual([
      ['good', 12, on(6, 15), 'promoted v-good: the evidence'],
      ['bad', 12, on(7, 11), 'not deployed, gates failed: so'],
      ['back', 12, on(9, 15), 'rolled back at stage 2: the evidence'],
    ]);
    expect(rowsOf(weekly.get('cycles'), 'Gates')[1]).toEqual(['no_regression: failed (-0.100 ± 0.050, n = 200)']);
  });

  it('has what people ordered, opportunities, and how reviewers agree', async () => {
    const weekly = await sections('weekly', '2026-W02');
    expect(rowsOf(weekly.get('overrides'), 'Who', 'What', 'Reason')).toEqual([['human:ana', 'rollout.pause', 'because of 9']]);
    expect(rowsOf(weekly.get('opportunities'), 'Opportunity', 'Closed', 'As')).toEqual([['o2', on(8), 'fixed'], ['o1', null, null]]);
    expect(weekly.get('opportunities')?.notes).toEqual(['1 opened, 1 closed.']);
    expect(rowsOf(weekly.get('reviews'), 'Reviewer', 'Decision', 'Items')).toEqual([['ana', 'approve', 1], ['ana', 'edit', 1], ['ana', 'reject', 1], ['bob', 'approve', 2]]);
    expect(weekly.get('reviews')?.notes[0]).toMatch(/agreed on 1 of 2 items/u);
  });
});

describe('the monthly report', () => {
  it('has the volumes of each step', async () => {
    const volumes = Object.fromEntries(rowsOf((await sections('monthly', '2026-01')).get('volumes'), 'Step', 'Number'));
    expect(volumes).toEqual({ Interactions: 200, Outcomes: 180, Failures: 36, 'Opportunities opened': 2, 'Decisions of reviewers': 6, Cycles: 5, 'Examples in cycles': 60, 'Candidates judged': 5, Promotions: 2, Rollbacks: 1 });
  });

  it('has outcomes, gates, forgetting, spending and erasures', async () => {
    const monthly = await sections('monthly', '2026-01');
    expect(rowsOf(monthly.get('outcomes'), 'Outcome', 'Cycles')).toEqual([['promoted', 2], ['rejected', 2], ['rolled back', 1]]);
    expect(rowsOf(monthly.get('gates'), 'Gate', 'Verdict', 'Candidates')).toEqual([['no_regression', 'failed', 2], ['no_regression', 'passed', 3]]);
    expect(rowsOf(monthly.get('forgetting'), 'Cycle', 'Category', 'Before', 'After')).toEqual([['bad', 'billing', 0.9, 0.5], ['after', 'billing', 0.9, 0.5]]);
    expect(rowsOf(monthly.get('erasures'), 'Erasure', 'Rows removed')).toEqual([['er', 5]]);
    expect(JSON.stringify(monthly.get('spending')?.rows)).toContain('3.5');
    expect(rowsOf(monthly.get('overrides'), 'What')).toEqual([['rollout.pause'], ['automation.hold']]);
  });

  it('says which other reports nobody signed, and how the audit chain grew', async () => {
    const unsigned = async (): Promise<unknown[]> => rowsOf((await sections('monthly', '2026-01')).get('unsigned'), 'Period').flat();
    expect(await unsigned()).toContain('2026-W02');
    expect(await post('/api/reports/weekly/2026-W02/signatures', { hash: (await report('weekly', '2026-W02')).present.hash, note: 'read' })).toBe(200);
    expect(await unsigned()).not.toContain('2026-W02');
    const now = await sections('monthly', periodOf('monthly', Date.now()));
    expect(rowsOf(now.get('audit'), 'Records')).toEqual([[5]]);
    expect(now.get('audit')?.notes[0]).toBe('Each record of the month follows the one before it.');
  });
});

describe('a signature', () => {
  it('keeps what was signed when the facts change, and is on the record', async () => {
    const { present } = await report('daily', '2026-01-07');
    const path = '/api/reports/daily/2026-01-07';
    expect(await post(`${path}/signatures`, { hash: present.hash, note: 'seen' })).toBe(200);
    expect(await post(`${path}/signatures`, { hash: present.hash, note: '' })).toBe(409);
    await alert('late', 7);
    const later = await report('daily', '2026-01-07');
    expect(later.present.hash).not.toBe(present.hash);
    expect(later.frozen).toMatchObject([{ hash: present.hash, content: present.content, signatures: [{ signer: 'admin', note: 'seen' }] }]);
    expect(reportExportSchema.parse(await get(`${path}/export`))).toMatchObject({ hash: present.hash, content: present.content });
    expect(await running.database.query(`select actor, reason from decisions where kind = 'report.signed' and reason = 'seen'`)).toEqual([{ actor: 'admin', reason: 'seen' }]);
    expect(await post(`${path}/signatures`, { hash: 'f'.repeat(64), note: '' })).toBe(409);
    await expect(running.database.query('delete from report_signatures')).rejects.toThrow('append-only');
  });

  it('is not to be had before the period has ended', async () => {
    const today = periodOf('daily', Date.now());
    expect(await post(`/api/reports/daily/${today}/signatures`, { hash: (await report('daily', today)).present.hash, note: '' })).toBe(409);
  });

  it('leaves tables that no spreadsheet runs', async () => {
    const answer = await running.app.inject({ method: 'GET', url: '/api/reports/daily/2026-01-06/tables/alerts', headers: bearer(ADMIN_TOKEN) });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.body).toContain(`,'=1+1,`);
  });
});

describe('the list of reports', () => {
  it('goes back as far as there are facts, and names who signed', async () => {
    const { items } = (await get('/api/reports?kind=weekly&limit=60')) as { items: { period: string; signers: string[] }[] };
    expect(items.at(-1)?.period).toBe('2026-W01');
    expect(items.find(({ period }) => period === '2026-W02')?.signers).toEqual(['admin']);
  });
});
