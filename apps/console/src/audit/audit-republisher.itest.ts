// What is published again after Kafka was lost can be verified as what was published first, against a real PostgreSQL.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isSignedBy, verifyChain } from '@ratchet/domain';
import type { AuditAnchored, ChainedRecord } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { addDecision } from '../persistence/console.repository.js';
import { migrations } from '../persistence/migrations.js';
import { AnchorTick } from './anchor.tick.js';
import { AuditRepublisher } from './audit-republisher.js';

const DECISIONS = 1_234;
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('audit-republish');
  database = new Database({ url: server.url, service: 'console', migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

interface Sent {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}
const take = (): Promise<Sent[]> => database.query<Sent & Record<string, unknown>>(`with gone as (delete from outbox where topic = 'ratchet.audit.v1' returning *) select headers ->> 'ce_id' as id, headers ->> 'ce_type' as type, value::jsonb as data from gone order by sequence`);
const linksOf = (sent: readonly Sent[]): Sent[] => sent.filter(({ type }) => type === 'ratchet.audit.decided');

it('publishes the chains and their anchors again, page by page, with the same ids and a signature, once they had been published', async () => {
  const { publicKey, privateKey: key } = generateKeyPairSync('ed25519');
  await database.transaction(async (tx) => {
    for (let n = 0; n < DECISIONS; n += 1) await addDecision(tx, { eventId: `d-${n}`, model: 'assistant', workload: 'default', kind: 'rollout', actor: 'human:ana', reason: 'to look', body: {}, happenedAt: '2026-11-01T00:00:00.000Z' });
  });
  await new AnchorTick({ database, everyMs: 1, key, logger: Logger.silent() }).tick();
  expect(await database.transaction((tx) => new AuditRepublisher(key).republish(tx))).toBe(0);
  const before = await take();

  expect(await database.transaction((tx) => new AuditRepublisher(key).republish(tx))).toBe(DECISIONS + 1);
  const after = await take();
  expect(linksOf(after)).toEqual(linksOf(before));
  expect(verifyChain(linksOf(after).map(({ data }) => data as unknown as ChainedRecord)).valid).toBe(true);
  const anchor = after.at(-1)?.data as unknown as AuditAnchored;
  expect(anchor).toEqual(before.at(-1)?.data);
  expect(isSignedBy(anchor, [publicKey])).toBe(true);
});
