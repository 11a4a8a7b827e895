// Goal: the champion of a target is told whatever other targets have. Method: the repository against a real PostgreSQL.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { versionIdOf } from '@ratchet/domain';
import type { Bundle } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { migrations } from './migrations.js';
import { VersionsRepository } from './versions.repository.js';

const bundle: Bundle = { provider: { name: 'p', model: 'm' }, systemPrompt: 'Be brief.' };
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('evaluator-versions');
  database = new Database({ url: server.url, service: 'evaluator', migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

it('tells two targets apart that begin with the same bundle, so that their first versions have one id', async () => {
  const versions = new VersionsRepository();
  const targets = ['shop', 'desk'].map((model) => ({ model, workload: 'support' }));
  const first = versionIdOf({ ordinal: 1, bundle });
  for (const target of targets) {
    const patched = { ...bundle, systemPrompt: `Be brief, ${target.model}.` };
    for (const [ordinal, each] of [[1, bundle], [2, patched]] as const) {
      await versions.publish(database, { ...target, versionId: versionIdOf({ ordinal, bundle: each }), ordinal, bundle: each, contentHash: 'h', publishedAt: `2026-01-0${ordinal}T00:00:00.000Z` });
    }
  }
  for (const target of targets) expect(await versions.championOf(database, target)).toBe(first);
  expect(await versions.bundleOf(database, first)).toEqual(bundle);
});
