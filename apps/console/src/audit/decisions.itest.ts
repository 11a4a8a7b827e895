// Which decisions are on the record, with what they found and left: events through all handlers of the console, in the order in which it calls them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  budgetChanged, commandIssued, commandRefused, datasetVersioned, type DecisionRecord, erasureCompleted, experimentConcluded, fixProposed, opportunityClosed, opportunityRanked, type OpportunityRanked, reviewChanged, type ReviewDecision,
  type ReviewItem, trainingFailed, trainingStarted, verifyChain, type ChainedRecord,
} from '@ratchet/domain';
import { ADMIN_TOKEN, bearer } from '../access/spec-support/test-console.js';
import { eventOf, startConsoleWithEvents, type TestConsoleWithEvents } from './spec-support/console-with-events.js';

let running: TestConsoleWithEvents;
beforeAll(async () => {
  running = await startConsoleWithEvents();
});
afterAll(async () => {
  await running?.stop();
});

const target = { model: 'assistant', workload: 'support' };
const minute = (n: number): string => new Date(Date.UTC(2026, 0, 5, 12, n)).toISOString();
const SECRET = 'what a user wrote';
const chain = (): Promise<ChainedRecord<DecisionRecord>[]> => running.database.query('select sequence::float8 as sequence, previous_hash as "previousHash", hash, record from decision_records t order by t.sequence');
const since = async (work: () => Promise<unknown>): Promise<DecisionRecord[]> => {
  const before = (await chain()).length;
  await work();
  return (await chain()).slice(before).map(({ record }) => record);
};
const ranked = (n: number, parts: Partial<OpportunityRanked> = {}) =>
  eventOf(opportunityRanked, 'analyzer', {
    opportunityId: 'o1', clusterId: 'c', ...target, version: 'v1', size: n, affectedUsers: 7, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: n, rank: 1, rootCause: 'knowledge_gap', rootCauseConfidence: 0.8,
    rootCauseReason: SECRET, fixType: 'knowledge_entries', suggestedFix: SECRET, strategy: 's', commonPatterns: [SECRET], representatives: [], interactionIds: [], analysisId: `a${n}`, failuresAnalyzed: 100, rankedAt: minute(n), ...parts,
  });
const closed = (n: number, reason: 'faded' | 'dismissed' = 'faded') => eventOf(opportunityClosed, 'analyzer', { opportunityId: 'o1', ...target, reason, closedAt: minute(n) });

describe('an opportunity', () => {
  it('is on the record when it is found and when something about it changes, not at each ranking', async () => {
    expect(await since(() => running.deliver(ranked(1), ranked(2), ranked(3)))).toMatchObject([{ kind: 'opportunity.opened', actor: 'analyzer', before: {}, after: { opportunityId: 'o1', rootCause: 'knowledge_gap', fixType: 'knowledge_entries' } }]);
    const diagnosis = { byRules: { rootCause: 'knowledge_gap' as const, confidence: 0.4 }, needsPerson: false, byPerson: { rootCause: 'intent_misunderstood' as const, actor: 'ana', reason: SECRET } };
    expect(await since(() => running.deliver(ranked(4, { rootCause: 'intent_misunderstood', diagnosis })))).toMatchObject([
      { kind: 'opportunity.changed', reason: 'a person named its root cause', before: { rootCause: 'knowledge_gap' }, after: { rootCause: 'intent_misunderstood', analysisId: 'a4' } },
    ]);
  });

  it('is closed and comes back, each once, with how it was before', async () => {
    const change = { kind: 'came_back' as const, from: ['o1'], previousSize: 0, changedAt: minute(6) };
    expect(await since(() => running.deliver(closed(5), ranked(6, { change, rootCause: 'intent_misunderstood' }), ranked(7, { change, rootCause: 'intent_misunderstood' }), closed(8, 'dismissed')))).toMatchObject([
      { kind: 'opportunity.closed', reason: 'faded', before: { closed: null, rootCause: 'intent_misunderstood' }, after: { closed: 'faded' } },
      { kind: 'opportunity.reopened', reason: 'its failures came back', before: { closed: 'faded' }, after: { closed: null } },
      { kind: 'opportunity.closed', reason: 'dismissed', before: { closed: null }, after: { closed: 'dismissed' } },
    ]);
  });
});

describe('a review', () => {
  const said = (reviewer: string, decision: ReviewDecision['decision'], commandId: string): ReviewDecision => ({ reviewer, decision, reason: `${reviewer} looked`, decidedAt: minute(10), commandId, ...(decision === 'edit' && { output: SECRET }) });
  const told = (exampleId: string, n: number, parts: Partial<ReviewItem> = {}) =>
    eventOf(reviewChanged, 'data-generator', {
      item: { exampleId, ...target, opportunityId: 'o1', input: SECRET, output: SECRET, source: 'correction', confidence: 0.5, reason: SECRET, interactionIds: [], state: 'waiting', decisions: [], ...parts }, changedAt: minute(n),
    });

  it('is a decision of its reviewer for each example, once however often it is told', async () => {
    const items = ['e1', 'e2', 'e3'].map((id) => told(id, 11, { state: 'approved', decisions: [said('ana', 'approve', 'cmd1')] }));
    const records = await since(() => running.deliver(told('e1', 9), told('e2', 9), told('e3', 9), ...items, ...items));
    expect(records).toMatchObject(['e1', 'e2', 'e3'].map((exampleId) => ({ kind: 'review.decided', actor: 'ana', reason: 'ana looked', before: { state: 'waiting' }, after: { state: 'approved', decision: 'approve', exampleId, commandId: 'cmd1' } })));
    expect(await since(() => running.deliver(told('e1', 12, { state: 'approved', decisions: [said('ana', 'approve', 'cmd1')], claim: { reviewer: 'ben', until: minute(20) } })))).toEqual([]);
  });

  it('is on the record when it is taken back, refused or no longer asked for', async () => {
    const back = { ...said('ana', 'approve', 'cmd1'), withdrawnAt: minute(13), withdrawnBecause: 'a mistake', withdrawnBy: 'cmd2' };
    expect(await since(() => running.deliver(told('e1', 13, { withdrawn: [back] }), told('e1', 14, { state: 'approved', withdrawn: [back], decisions: [said('ana', 'edit', 'cmd3')] })))).toMatchObject([
      { kind: 'review.taken_back', actor: 'ana', reason: 'a mistake', before: { state: 'approved', decision: 'approve' }, after: { state: 'waiting', decision: null, commandId: 'cmd2' } },
      { kind: 'review.decided', before: { state: 'waiting' }, after: { state: 'approved', decision: 'edit' } },
    ]);
    const refusal = { reviewer: 'ben', command: 'review.approve' as const, code: 'already_decided' as const, refusedAt: minute(15), commandId: 'cmd4' };
    expect(await since(() => running.deliver(told('e2', 15, { state: 'approved', decisions: [said('ana', 'approve', 'cmd1')], refusals: [refusal] }), told('e9', 15), told('e9', 16, { state: 'withdrawn' })))).toMatchObject([
      { kind: 'review.refused', actor: 'data-generator', reason: 'already_decided', after: { exampleId: 'e2', command: 'review.approve', orderedBy: 'ben' } },
      { kind: 'review.withdrawn', actor: 'data-generator', before: { state: 'waiting' }, after: { exampleId: 'e9', state: 'withdrawn' } },
    ]);
  });
});

describe('a budget', () => {
  const budget = (n: number, limitUsd: number | null, code?: 'month_budget') =>
    eventOf(budgetChanged, 'data-generator', {
      component: 'data_generation', ...target, month: '2026-01', run: { spentUsd: n, limitUsd: 5 }, monthly: { spentUsd: n, limitUsd }, calls: n, ...(code && { waitingFor: { code, message: SECRET } }), changedAt: minute(n),
    });

  it('is on the record with its limits, when it makes a component wait, and when it no longer does', async () => {
    expect(await since(() => running.deliver(budget(1, 100), budget(2, 100), budget(3, 100, 'month_budget'), budget(4, 100, 'month_budget'), budget(5, 200), budget(2, 1)))).toMatchObject([
      { kind: 'budget.limits_changed', actor: 'data-generator', before: { runLimitUsd: null, monthLimitUsd: null }, after: { runLimitUsd: 5, monthLimitUsd: 100, component: 'data_generation' } },
      { kind: 'budget.waiting', before: { waitsFor: null }, after: { waitsFor: 'month_budget' } },
      { kind: 'budget.limits_changed', before: { monthLimitUsd: 100 }, after: { monthLimitUsd: 200 } },
      { kind: 'budget.resumed', before: { waitsFor: 'month_budget' }, after: { waitsFor: null } },
    ]);
  });
});

describe('services', () => {
  const cycle = { cycleId: 'cycle-1', ...target, trainingRunId: 'r1', baseVersion: 'v1' };

  it('start cycles, accept data, propose fixes, end experiments and erase, on the record', async () => {
    const records = await since(() =>
      running.deliver(
        eventOf(trainingStarted, 'trainer-dispatcher', { ...cycle, trigger: 'data_threshold', triggerReason: '120 wait', datasetIds: ['d1'], opportunityIds: ['o1'], failuresAnalyzed: 9, exampleCount: 120, trainingConfig: {}, startedAt: minute(1) }),
        eventOf(trainingFailed, 'trainer-dispatcher', { ...cycle, reason: SECRET, code: 'timed_out', failedAt: minute(2) }),
        eventOf(datasetVersioned, 'data-generator', { datasetId: 'd2', ...target, purpose: 'training', trainCount: 80, testCount: 20, contentHash: 'h', opportunityIds: ['o1'], failuresAnalyzed: 9, rejected: [{ reason: 'too_long', count: 3 }, { reason: 'unsafe', count: 1 }], highPriority: false, previousDatasetId: 'd1', versionedAt: minute(3) }),
        eventOf(fixProposed, 'data-generator', { fixId: 'f1', ...target, baseVersion: 'v1', opportunityId: 'o1', fixType: 'prompt_patch', patch: { systemPrompt: SECRET }, summary: SECRET, proposedAt: minute(4) }),
        eventOf(experimentConcluded, 'rollout-controller', { experimentId: 'x1', ...target, control: 'v1', treatment: 'v2', verdict: 'treatment_wins', difference: 0.02, lower: 0.01, upper: 0.03, concludedAt: minute(5) }),
        eventOf(erasureCompleted, 'analyzer', { erasureId: 'e1', ...target, service: 'analyzer', userHash: 'hash', removed: { failures: 3, clusters: 1 }, exampleIds: [], datasetIds: ['d1'], versions: [], completedAt: minute(6) }),
      ),
    );
    expect(records).toMatchObject([
      { kind: 'cycle.started', actor: 'trainer-dispatcher', reason: 'data_threshold: 120 wait', cycle_id: 'cycle-1', before: { version: 'v1' }, after: { trainingRunId: 'r1', examples: 120 } },
      { kind: 'training.failed', reason: 'timed_out', cycle_id: 'cycle-1', before: { state: 'training' }, after: { state: 'training failed' } },
      { kind: 'dataset.versioned', actor: 'data-generator', before: { datasetId: 'd1' }, after: { datasetId: 'd2', train: 80, test: 20, turnedDown: 4 } },
      { kind: 'fix.proposed', after: { fixType: 'prompt_patch', fixId: 'f1' } },
      { kind: 'experiment.concluded', actor: 'rollout-controller', after: { verdict: 'treatment_wins', lower: 0.01 } },
      { kind: 'erasure.completed', actor: 'analyzer', after: { userHash: 'hash', removed: 4 } },
    ]);
  });

  it('refuse commands, and hold the automation as they are told, each with what was before', async () => {
    const order = (name: 'automation.hold' | 'automation.release', n: number) => eventOf(commandIssued, 'console', { name, commandId: `hold${n}`, actor: 'ana', reason: 'incident', ...target, issuedAt: minute(n) });
    const refused = eventOf(commandRefused, 'rollout-controller', { commandId: 'hold3', name: 'rollout.advance', actor: 'ana', ...target, message: 'no rollout is open', refusedAt: minute(4) });
    expect(await since(() => running.deliver(order('automation.hold', 1), order('automation.hold', 2), order('automation.release', 3), refused))).toMatchObject([
      { kind: 'automation.hold', actor: 'ana', before: { held: false }, after: { held: true } },
      { kind: 'automation.hold', before: { held: true }, after: { held: true } },
      { kind: 'automation.release', before: { held: true }, after: { held: false } },
      { kind: 'command.refused', actor: 'rollout-controller', reason: 'no rollout is open', after: { commandId: 'hold3', command: 'rollout.advance', orderedBy: 'ana' } },
    ]);
  });
});

describe('people of the console', () => {
  const ask = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => running.app.inject({ method, url, headers: bearer(ADMIN_TOKEN), ...(payload && { payload }) });

  it('acknowledge alerts, once', async () => {
    await running.database.query(`insert into alerts (alert_id, workload, body, raised_at) values ('al1', 'support', '{"name": "lag"}', now())`);
    expect(await since(async () => [await ask('POST', '/api/alerts/al1/acknowledgement', { reason: 'on it' }), await ask('POST', '/api/alerts/al1/acknowledgement', { reason: 'me too' })])).toMatchObject([
      { kind: 'alert.acknowledged', actor: 'admin', reason: 'on it', workload: 'support', before: { acknowledged: false }, after: { acknowledged: true, alertId: 'al1', name: 'lag' } },
    ]);
  });

  it('change the rights of others: each change is on the record, with what was before', async () => {
    const records = await since(async () => {
      const { userId } = (await ask('POST', '/api/access/users', { name: 'ben', role: 'viewer' })).json() as { userId: string };
      await ask('PATCH', `/api/access/users/${userId}`, { role: 'operator', reason: 'on call' });
      await ask('PATCH', `/api/access/users/${userId}`, { disabled: true, reason: 'left' });
      await ask('PATCH', `/api/access/users/${userId}`, { disabled: false, reason: 'came back' });
      const { tokenId } = (await ask('POST', '/api/access/tokens', { label: SECRET, role: 'viewer', readOnly: true, days: 1, userId })).json() as { tokenId: string };
      await ask('DELETE', `/api/access/tokens/${tokenId}`);
    });
    expect(records).toMatchObject([
      { kind: 'access.user_added', actor: 'admin', after: { user: 'ben', role: 'viewer' } },
      { kind: 'access.role_changed', reason: 'on call', before: { role: 'viewer' }, after: { user: 'ben', role: 'operator' } },
      { kind: 'access.user_disabled', reason: 'left', before: { disabled: false }, after: { user: 'ben', disabled: true } },
      { kind: 'access.user_enabled', before: { disabled: true }, after: { disabled: false } },
      { kind: 'access.token_made', after: { user: 'ben', role: 'viewer', readOnly: true } },
      { kind: 'access.token_revoked', before: { valid: true }, after: { user: 'ben', valid: false } },
    ]);
  });
});

describe('the whole chain', () => {
  it('is unbroken, holds nothing that users or models wrote, and every record says who and why', async () => {
    const links = await chain();
    expect(verifyChain(links)).toMatchObject({ valid: true });
    expect(JSON.stringify(links)).not.toContain(SECRET);
    expect(links.filter(({ record }) => record.actor === '' || (record.reason === '' && !record.kind.startsWith('access.')))).toEqual([]);
  });
});
