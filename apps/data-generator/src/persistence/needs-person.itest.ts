// Which opportunities data are made for, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { opportunityRanked } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from './migrations.js';
import { loadOpenOpportunities, saveOpportunity } from './opportunity.repository.js';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('needs_person');
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
});

afterAll(async () => {
  await database.stop();
  await server.drop();
});

const target = { model: 'assistant', workload: 'default' };
const ranked = (opportunityId: string, needsPerson?: boolean) =>
  opportunityRanked.schema.parse({
    opportunityId, clusterId: 'k', ...target, version: 'v1', size: 5, affectedUsers: 5, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.2, priority: 1, rank: 1, rootCause: 'knowledge_gap', rootCauseConfidence: 0.5,
    rootCauseReason: 'r', fixType: 'knowledge_entries', suggestedFix: 's', strategy: 'x', commonPatterns: [], representatives: [], interactionIds: [], analysisId: 'a', failuresAnalyzed: 5, rankedAt: '2026-01-01T00:00:00.000Z',
    ...(needsPerson !== undefined && { diagnosis: { byRules: { rootCause: 'knowledge_gap', confidence: 0.5 }, needsPerson } }),
  });

describe('opportunities that need a person', () => {
  const open = async (): Promise<string[]> => (await loadOpenOpportunities(database, target)).map(({ opportunityId }) => opportunityId);

  it('are not acted upon until a person has named the cause', async () => {
    await database.transaction(async (tx) => {
      for (const event of [ranked('doubtful', true), ranked('clear', false), ranked('without-diagnosis')]) await saveOpportunity(tx, event);
    });
    expect(await open()).toEqual(['clear', 'without-diagnosis']);
    await database.transaction((tx) => saveOpportunity(tx, ranked('doubtful', false)));
    expect(await open()).toEqual(['clear', 'doubtful', 'without-diagnosis']);
    await database.transaction((tx) => saveOpportunity(tx, ranked('clear', true)));
    expect(await open()).toEqual(['doubtful', 'without-diagnosis']);
  });
});
