// The map of clusters and their histories, as events tell them, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { opportunityHistorySchema, type OpportunityHistory, opportunityMapSchema } from '@ratchet/console-api';
import { type ErasureCompleted, type OpportunityClosed, opportunityClosed, opportunityRanked, type OpportunityRanked } from '@ratchet/domain';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { StateHandlers } from '../handlers/state.handlers.js';
import { storeErasure } from '../persistence/reviews.repository.js';
import { pruneHistory } from './opportunity-history.repository.js';

let running: TestConsole;
const event = <Data>(data: Data) => ({ id: 'e', source: '/t', type: 't', time: '2026-01-05T12:00:00.000Z', data });
const atDay = (day: number, minute = 0): string => new Date(Date.UTC(2026, 0, day, 12, minute)).toISOString();

const ranked = async (opportunityId: string, parts: Partial<OpportunityRanked> = {}): Promise<void> => {
  const data = opportunityRanked.schema.parse({
    opportunityId, clusterId: opportunityId, model: 'm', workload: 'support', version: 'v1', size: 12, affectedUsers: 7, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 3, rank: 1, rootCause: 'knowledge_gap',
    rootCauseConfidence: 0.8, rootCauseReason: 'says so', fixType: 'knowledge_entries', suggestedFix: 'add it', strategy: 's', commonPatterns: ['reset', 'password'], representatives: [], interactionIds: [`of ${opportunityId}`],
    analysisId: 'a1', failuresAnalyzed: 100, rankedAt: atDay(1), ...parts,
  });
  await running.database.transaction((tx) => running.app.get(StateHandlers).onOpportunity(event(data), tx));
};
const closed = async (opportunityId: string, parts: Partial<OpportunityClosed>): Promise<void> => {
  const data = opportunityClosed.schema.parse({ opportunityId, model: 'm', workload: 'support', reason: 'faded', closedAt: atDay(1), ...parts });
  await running.database.transaction((tx) => running.app.get(StateHandlers).onClosed(event(data), tx));
};
const change = (kind: NonNullable<OpportunityRanked['change']>['kind'], day: number, from: string[] = []) => ({ kind, from, previousSize: 1, changedAt: atDay(day) });
const get = async (path: string) => running.app.inject({ method: 'GET', url: path, headers: bearer(ADMIN_TOKEN) });
const map = async (query = '') => opportunityMapSchema.parse((await get(`/api/opportunities/map${query}`)).json());
const history = async (id: string): Promise<OpportunityHistory['items']> => opportunityHistorySchema.parse((await get(`/api/opportunities/${id}/history`)).json()).items;

beforeAll(async () => {
  running = await startTestConsole();
});
afterAll(async () => {
  await running?.stop();
});

describe('the map', () => {
  it('has nothing where nothing was found', async () => {
    expect(await map()).toEqual({ target: null, targets: [], clusters: [] });
  });

  it('shows the open clusters with a place of the target with the most failures, the largest first', async () => {
    await ranked('small', { position: { x: 0.5, y: -0.25 }, trend: { lastWeek: 3, weekBefore: 2 } });
    await ranked('large', { size: 40, position: { x: -0.5, y: 0.25 } });
    await ranked('placeless', { size: 50 });
    await ranked('over', { size: 90, position: { x: 0, y: 0 } });
    await closed('over', { reason: 'fixed' });
    await ranked('elsewhere', { workload: 'sales', size: 60, position: { x: 0, y: 0 } });
    const { target, targets, clusters } = await map();
    expect(target).toEqual({ model: 'm', workload: 'support', clusters: 3, failures: 102 });
    expect(targets.map(({ workload }) => workload)).toEqual(['support', 'sales']);
    expect(clusters.map(({ opportunityId }) => opportunityId)).toEqual(['large', 'small']);
    expect(clusters[1]).toEqual({ opportunityId: 'small', size: 12, affectedUsers: 7, priority: 3, rootCause: 'knowledge_gap', commonPatterns: ['reset', 'password'], trend: { lastWeek: 3, weekBefore: 2 }, position: { x: 0.5, y: -0.25 } });
  });

  it('shows the target that is asked for, and none of one that has no cluster', async () => {
    expect((await map('?workload=sales')).clusters.map(({ opportunityId }) => opportunityId)).toEqual(['elsewhere']);
    expect((await map('?model=other')).target).toBeNull();
    expect((await get('/api/opportunities/map?model=%00')).statusCode).toBe(400);
  });

  it('forgets the words of an erased user, and keeps the place', async () => {
    await ranked('private', { workload: 'letters', commonPatterns: ['anna berger'], position: { x: 1, y: 1 } });
    const erasure: Partial<ErasureCompleted> = { erasureId: 'e1', model: 'm', workload: 'letters', exampleIds: [], interactionIds: ['of private'], completedAt: atDay(2) };
    await running.database.transaction((tx) => storeErasure(tx, erasure as ErasureCompleted));
    expect((await map('?workload=letters')).clusters).toEqual([expect.objectContaining({ opportunityId: 'private', commonPatterns: [], position: { x: 1, y: 1 } })]);
  });
});

describe('the history of a cluster', () => {
  it('has an entry for what each analysis changed, for its end and for its return', async () => {
    await ranked('long', { change: change('new', 1) });
    await ranked('long', { analysisId: 'a2', rankedAt: atDay(2), change: change('steady', 2) });
    await ranked('long', { analysisId: 'a3', rankedAt: atDay(3), change: change('grown', 3, ['long']), size: 30, rootCause: 'format_unclear' });
    await closed('long', { reason: 'merged', closedAt: atDay(4) });
    await ranked('long', { analysisId: 'a5', rankedAt: atDay(5), change: change('came_back', 5, ['long']), size: 8 });
    await closed('long', { reason: 'fixed', version: 'v9', closedAt: atDay(6) });
    const items = await history('long');
    expect(items.map(({ at, kind, size, rootCause }) => [at, kind, size, rootCause])).toEqual([
      [atDay(1), 'new', 12, 'knowledge_gap'],
      [atDay(3), 'grown', 30, 'format_unclear'],
      [atDay(4), 'merged_away', null, null],
      [atDay(5), 'came_back', 8, 'knowledge_gap'],
      [atDay(6), 'fixed', null, null],
    ]);
    expect(items[1]).toMatchObject({ from: ['long'], affectedUsers: 7, priority: 3, rank: 1 });
    expect(items[4]?.version).toBe('v9');
  });

  it('tells of priorities between analyses once an hour, and repeats no change', async () => {
    const of = { analysisId: 'a1', change: change('grown', 1, ['reranked']) };
    await ranked('reranked', of);
    await ranked('reranked', { ...of, rankedAt: atDay(1, 20), priority: 4 });
    await ranked('reranked', { ...of, rankedAt: atDay(1, 40), priority: 5 });
    await ranked('reranked', { ...of, rankedAt: atDay(1, 90), priority: 6 });
    expect((await history('reranked')).map(({ at, kind, priority }) => [at, kind, priority])).toEqual([[atDay(1), 'grown', 5], [atDay(1, 90), null, 6]]);
  });

  it('is of the last 400 days', async () => {
    await ranked('old', { rankedAt: new Date(Date.now() - 401 * 86_400_000).toISOString() });
    await ranked('old', { analysisId: 'a2', rankedAt: new Date(Date.now() - 399 * 86_400_000).toISOString(), size: 13 });
    await pruneHistory(running.database);
    expect((await history('old')).map(({ size }) => size)).toEqual([13]);
  });

  it.each(['nothing', 'a%00b'])('of %s is not there', async (id) => {
    expect((await get(`/api/opportunities/${id}/history`)).statusCode).toBe(404);
  });
});
