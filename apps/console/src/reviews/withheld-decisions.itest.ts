// What the second of two reviewers can read of the first one's decision, over every door of the API that tells of decisions.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ReviewItem } from '@ratchet/domain';
import { addDecision } from '../persistence/console.repository.js';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { chainDecision } from '../audit/decision-chain.js';
import { changeRecordOf } from '../audit/decision-record.js';
import { storeReview } from './review-items.repository.js';

let running: TestConsole;
const tokens: Record<string, string> = {};
const now = new Date().toISOString();
const item = (exampleId: string, differs: Partial<ReviewItem>): ReviewItem => ({
  exampleId, model: 'm', workload: 'w', opportunityId: 'o', input: 'q', output: 'a', source: 'correction', confidence: 0.5, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], ...differs,
});
const byAnn = { reviewer: 'ann', decision: 'reject' as const, reason: 'r', decidedAt: now };
const get = async (path: string, token: string) => running.app.inject({ method: 'GET', url: path, headers: bearer(token) });
const post = async (path: string, payload: object): Promise<{ userId: string; token: string }> => (await running.app.inject({ method: 'POST', url: path, headers: bearer(ADMIN_TOKEN), payload })).json();

const decide = (eventId: string, kind: string, body: object): Promise<void> =>
  running.database.transaction((tx) => addDecision(tx, { eventId, cycleId: 'c1', model: 'm', workload: 'w', kind, actor: 'ann', reason: `secret of ${eventId}`, body, happenedAt: now }));

const secretsFor = async (name: string): Promise<string[]> => {
  const token = tokens[name] ?? ADMIN_TOKEN;
  const texts = await Promise.all(['/api/decisions?limit=200', '/api/audit?limit=200'].map(async (path) => (await get(path, token)).body));
  const [decisions, audit] = texts.map((text) => [...new Set([...text.matchAll(/secret of (\w+)/g)].map(([, id = '']) => id))].sort());
  expect(audit).toEqual(decisions);
  return decisions ?? [];
};

beforeAll(async () => {
  running = await startTestConsole();
  for (const [name, role] of [['ann', 'reviewer'], ['bob', 'reviewer'], ['eve', 'viewer']] as const) {
    const { userId } = await post('/api/access/users', { name, role });
    tokens[name] = (await post('/api/access/tokens', { label: 'test', role, userId, days: 1 })).token;
  }
  await running.database.transaction(async (tx) => {
    await storeReview(tx, { item: item('double', { reviewersNeeded: 2, decisions: [byAnn] }), changedAt: now });
    await storeReview(tx, { item: item('single', { state: 'rejected', decisions: [byAnn] }), changedAt: now });
  });
  await decide('blind', 'review.reject', { exampleIds: ['single', 'double'] });
  await decide('edited', 'review.edit', { exampleId: 'double' });
  await decide('open', 'review.reject', { exampleIds: ['single'] });
  await decide('other', 'rollout.pause', { exampleIds: ['double'] });
});
afterAll(() => running?.stop());

it('keeps the first decision from all who have not given theirs, whatever their role, until the item is decided', async () => {
  expect(await secretsFor('ann')).toEqual(['blind', 'edited', 'open', 'other']);
  for (const name of ['bob', 'eve', 'admin']) expect(await secretsFor(name)).toEqual(['open', 'other']);
  const withheld = await running.database.query<{ sequence: number }>(`select t.sequence::int as sequence from decision_records t where record ->> 'reason' = 'secret of edited'`);
  const path = `/api/audit/decisions/${withheld[0]?.sequence}`;
  expect((await get(path, tokens['ann'] ?? '')).statusCode).toBe(200);
  expect((await get(path, tokens['bob'] ?? '')).statusCode).toBe(404);
  await running.database.transaction((tx) => storeReview(tx, { item: item('double', { reviewersNeeded: 2, decisions: [byAnn, { ...byAnn, reviewer: 'bob' }] }), changedAt: new Date().toISOString() }));
  expect(await secretsFor('bob')).toEqual(['blind', 'edited', 'open', 'other']);
  expect(await secretsFor('eve')).toEqual(['open', 'other']);
  await running.database.transaction((tx) => storeReview(tx, { item: item('double', { reviewersNeeded: 2, state: 'rejected', decisions: [byAnn, { ...byAnn, reviewer: 'bob' }] }), changedAt: new Date().toISOString() }));
  expect(await secretsFor('eve')).toEqual(['blind', 'edited', 'open', 'other']);
  expect((await get(path, tokens['eve'] ?? '')).statusCode).toBe(200);
});

it('keeps what the chain says of one example from them, too', async () => {
  const record = { decisionId: 'chained', model: 'm', workload: 'support', kind: 'review.decided', actor: 'ann', reason: 'secret of chained', before: { state: 'waiting' }, after: { exampleId: 'chained', decision: 'reject' }, happenedAt: now };
  await running.database.transaction(async (tx) => {
    await storeReview(tx, { item: item('chained', { reviewersNeeded: 2, decisions: [byAnn] }), changedAt: now });
    chainDecision(tx, changeRecordOf(record));
  });
  const told = async (name: string): Promise<boolean> => (await get('/api/audit?kind=review.decided', tokens[name] ?? '')).body.includes('secret of chained');
  expect([await told('ann'), await told('bob'), await told('eve')]).toEqual([true, false, false]);
  await running.database.transaction((tx) => storeReview(tx, { item: item('chained', { state: 'rejected', reviewersNeeded: 2, decisions: [byAnn, { ...byAnn, reviewer: 'bob' }] }), changedAt: new Date().toISOString() }));
  expect([await told('bob'), await told('eve')]).toEqual([true, true]);
});
