// Opportunities as the console lists and shows them, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { opportunitiesPageSchema, opportunityDetailSchema } from '@ratchet/console-api';
import { opportunityClosed, opportunityRanked, type OpportunityRanked } from '@ratchet/domain';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { StateHandlers } from '../handlers/state.handlers.js';

let running: TestConsole;
const now = '2026-01-05T12:00:00.000Z';
const event = <Data>(data: Data) => ({ id: 'e', source: '/t', type: 't', time: now, data });

const ranked = async (opportunityId: string, priority: number, parts: Partial<OpportunityRanked> = {}): Promise<void> => {
  const data = opportunityRanked.schema.parse({
    opportunityId, clusterId: opportunityId, model: 'm', workload: 'support', version: 'v1', size: 12, affectedUsers: 7, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority, rank: 1, rootCause: 'knowledge_gap',
    rootCauseConfidence: 0.8, rootCauseReason: 'says so', fixType: 'knowledge_entries', suggestedFix: 'add it', strategy: 's', commonPatterns: ['reset', 'password'],
    representatives: [{ interactionId: 'i', query: '<script>alert(1)</script>', response: 'no' }], interactionIds: ['i'], analysisId: 'a', failuresAnalyzed: 100, rankedAt: now, ...parts,
  });
  await running.database.transaction((tx) => running.app.get(StateHandlers).onOpportunity(event(data), tx));
};
const get = async (path: string): Promise<{ statusCode: number; body: unknown }> => {
  const response = await running.app.inject({ method: 'GET', url: path, headers: bearer(ADMIN_TOKEN) });
  return { statusCode: response.statusCode, body: response.json() };
};
const listed = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
  const { items, next } = opportunitiesPageSchema.parse((await get(`/api/opportunities?${query}`)).body);
  return { ids: items.map(({ opportunityId }) => opportunityId), next };
};

beforeAll(async () => {
  running = await startTestConsole();
  await ranked('low', 1);
  await ranked('high', 9, { diagnosis: { byRules: { rootCause: 'knowledge_gap', confidence: 0.4 }, needsPerson: true } });
  await ranked('same as high', 9, { workload: 'sales', rootCause: 'format_unclear', fixType: 'prompt_patch' });
  await ranked('over', 5);
  const closed = opportunityClosed.schema.parse({ opportunityId: 'over', model: 'm', workload: 'support', reason: 'fixed', version: 'v2', closedAt: now });
  await running.database.transaction((tx) => running.app.get(StateHandlers).onClosed(event(closed), tx));
});
afterAll(async () => {
  await running?.stop();
});

describe('opportunities', () => {
  it('are listed by priority, page by page', async () => {
    const first = await listed('limit=2');
    expect(first.ids).toEqual(['same as high', 'high']);
    expect(await listed(`limit=2&after=${first.next}`)).toEqual({ ids: ['low'], next: null });
  });

  it('are narrowed by target, root cause and state', async () => {
    expect((await listed('workload=sales')).ids).toEqual(['same as high']);
    expect((await listed('rootCause=knowledge_gap')).ids).toEqual(['high', 'low']);
    expect((await listed('state=closed')).ids).toEqual(['over']);
  });

  it('are shown with all that is known of them, as text', async () => {
    const { opportunity, closed } = opportunityDetailSchema.parse((await get('/api/opportunities/over')).body);
    expect(opportunity.representatives[0]?.query).toBe('<script>alert(1)</script>');
    expect(closed).toMatchObject({ reason: 'fixed', version: 'v2' });
  });

  it.each(['/api/opportunities/nothing', '/api/opportunities/a%00b'])('%s is not there', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });

  it.each(['after=eyJh', 'limit=0', 'state=other', 'model=%00'])('refuses %s', async (query) => {
    expect((await get(`/api/opportunities?${query}`)).statusCode).toBe(400);
  });
});
