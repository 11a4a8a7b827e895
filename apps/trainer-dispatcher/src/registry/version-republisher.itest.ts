// What is published again after Kafka was lost is what was published, against a real PostgreSQL.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command, VersionPublished } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { CycleHandlers } from '../handlers/cycle.handlers.js';
import { insertVersion } from '../persistence/trainer.repository.js';
import { migrations } from '../persistence/migrations.js';
import { versionEventId } from './version-event-id.js';
import { VersionRepublisher } from './version-republisher.js';

const target = { model: 'assistant', workload: 'default' };
const bundle = { provider: { name: 'p', model: 'm@1' }, systemPrompt: 'Be brief.' };
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('republish');
  database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

interface Sent {
  readonly id: string;
  readonly cycle: string | null;
  readonly data: VersionPublished;
}
const sent = (): Promise<Sent[]> => database.query<Sent & Record<string, unknown>>(`select headers ->> 'ce_id' as id, headers ->> 'ce_correlationid' as cycle, value::jsonb as data from outbox where topic = 'ratchet.versions.v1' order by sequence`);

it('publishes every version that had been published again, oldest first, as it was published, under the same id', async () => {
  const handlers = new CycleHandlers(undefined as never, undefined as never, Logger.silent());
  const adopt: Command = { name: 'target.adopt', commandId: 'c', actor: 'ann', reason: 'the first', ...target, issuedAt: '2026-06-01T00:00:00.000Z', bundle };
  await database.transaction((tx) => handlers.onCommand({ id: 'e', source: '/test', type: 'test', time: adopt.issuedAt, data: adopt } as EventEnvelope<Command>, tx));
  const [adopted] = await sent();
  expect(await database.transaction((tx) => new VersionRepublisher().republish(tx))).toBe(0);
  const trained = { ...target, versionId: 'v2-trained', ordinal: 2, bundle: { ...bundle, provider: { name: 'p', model: 'm@2' } }, parentVersion: adopted?.data.versionId ?? '' };
  await database.transaction((tx) => insertVersion(tx, trained));
  await database.query(`insert into cycles (cycle_id, model, workload, state, trigger, trigger_reason, base_version, version, training_run_id) values ('c1', 'assistant', 'default', 'judging', 'manual', 'r', 'v1', 'v2-trained', 'run')`);
  await database.query('delete from outbox');

  expect(await database.transaction((tx) => new VersionRepublisher().republish(tx))).toBe(2);
  const [first, second] = await sent();
  expect(first).toEqual({ ...adopted, data: { ...adopted?.data, publishedAt: first?.data.publishedAt } });
  expect(second).toMatchObject({ id: versionEventId(trained), cycle: 'c1', data: trained });
});
