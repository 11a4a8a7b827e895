// How long a weakness lasted, from what the console keeps: against a real PostgreSQL.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { FixTimeHandlers } from './fix-time.handlers.js';

let store: TestDatabase;
let database: Database;

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});

const failed = (id: string, opportunity: string, startedAt: string): Promise<unknown> =>
  database.transaction(async (tx) => {
    await tx.query(
      `insert into failures (interaction_id, conversation_id, model, workload, version, query, response, probability, severity, signals, signal_names, reasons, content_withheld, started_at, closed_at, words)
       values ($1, $1, 'm', 'w', 'v1', '', '', 1, 1, '[]', '{}', '[]', false, $2, $2, '')`,
      [id, startedAt],
    );
    await tx.query('insert into clustered_failures values ($1, $2, now())', [id, opportunity]);
  });

it('counts from the first failure behind the cycle, and nothing where none is known', async () => {
  await failed('f1', 'o1', '2026-01-01T10:00:00Z');
  await failed('f2', 'o1', '2026-01-01T09:00:00Z');
  await failed('f3', 'o2', '2026-01-01T01:00:00Z');
  await database.query(`insert into cycles (cycle_id, model, workload, state, facts, started_at) values ('c1', 'm', 'w', 'rollout', '{"started": {"opportunityIds": ["o1"]}}', now()), ('c2', 'm', 'w', 'rollout', '{"started": {"opportunityIds": ["o9"]}}', now())`);
  const metrics = new Metrics();
  const handlers = new FixTimeHandlers(metrics);
  for (const cycleId of ['c1', 'c2', 'c3']) await database.transaction((tx) => handlers.onPromoted({ id: cycleId, source: '/t', type: 't', time: '', data: { cycleId, promotedAt: '2026-01-01T12:00:00Z' } } as never, tx));
  const text = await metrics.registry.metrics();
  expect(text).toContain('ratchet_console_fix_seconds_count 1');
  expect(text).toContain(`ratchet_console_fix_seconds_sum ${3 * 3_600}`);
});
