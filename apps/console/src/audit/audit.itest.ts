// The chain of decisions on a real PostgreSQL: what is appended, what the application's role cannot do, and what is published.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { isSignedBy, verifyChain } from '@ratchet/domain';
import type { AuditAnchored, ChainedRecord, DecisionRecord } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { transactionAt } from '@ratchet/service';
import { uniqueName } from '@ratchet/testing';
import { bearer, ADMIN_TOKEN, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { addDecision } from '../persistence/console.repository.js';
import { migrations } from '../persistence/migrations.js';
import { AnchorTick } from './anchor.tick.js';
import { appRole } from './app-role.js';

let running: TestConsole;
let limited: Database;
const target = { model: 'assistant', workload: 'default' };
const happenedAt = '2026-11-01T00:00:00.000Z';

const decide = (name: string, kind = 'rollout', body: object = { from: 'CANARY', to: 'PAUSED', share: 0.05, output: 'what a user wrote' }): Promise<void> =>
  limited.transaction(async (tx) => {
    for (const n of [1, 2]) await addDecision(tx, { eventId: `${name}-${n}`, ...target, kind, actor: 'human:ana', reason: 'to look at it', body, happenedAt, cycleId: 'c1' });
  });
const stored = (): Promise<ChainedRecord<DecisionRecord>[]> => limited.query(`select sequence::float8 as sequence, previous_hash as "previousHash", hash, record from decision_records order by decision_records.sequence`);
const published = async (): Promise<string[]> => (await limited.query<{ value: string }>(`select value from outbox where headers ->> 'ce_type' = 'ratchet.audit.anchored' order by sequence`)).map(({ value }) => value);
const get = (url: string) => running.app.inject({ method: 'GET', url, headers: bearer(ADMIN_TOKEN) });

beforeAll(async () => {
  running = await startTestConsole();
  limited = new Database({ url: running.store.url, service: 'console', migrations, role: appRole });
  await limited.start();
});
afterAll(async () => {
  await limited?.stop();
  await running?.stop();
});

describe('the chain of decisions', () => {
  it('takes each decision once, whoever appends at the same time', async () => {
    await Promise.all([decide('a'), decide('b'), decide('c'), decide('a')]);
    const links = (await stored()).filter(({ record }) => record.kind === 'rollout');
    expect(links).toHaveLength(6);
    expect(verifyChain(await stored()).valid).toBe(true);
    expect(links[0]?.record).toMatchObject({ actor: 'human:ana', before: { state: 'CANARY' }, after: { state: 'PAUSED', share: 0.05 } });
    expect(JSON.stringify(links)).not.toContain('what a user wrote');
  });

  it('takes all decisions of a batch, each of which its handler makes in a view of the transaction of its own', async () => {
    await limited.transaction(async (tx) => {
      for (const offset of [1n, 2n, 3n]) {
        await addDecision(transactionAt(tx, { topic: 't', partition: 0, offset }), { eventId: `batch-${offset}`, ...target, kind: 'of a batch', actor: 'human:ana', reason: 'to look at it', body: {}, happenedAt });
      }
    });
    expect((await stored()).filter(({ record }) => record.kind === 'of a batch')).toHaveLength(3);
    expect(verifyChain(await stored()).valid).toBe(true);
  });

  it('has who was given rights', async () => {
    expect((await running.app.inject({ method: 'POST', url: '/api/access/users', headers: bearer(ADMIN_TOKEN), payload: { name: 'ben', role: 'viewer' } })).statusCode).toBe(201);
    expect((await stored()).at(-1)?.record).toMatchObject({ kind: 'access.user_added', actor: 'admin', after: { user: 'ben', role: 'viewer' } });
  });

  it('publishes the heads when something was appended, and only then, signed', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const tick = new AnchorTick({ database: limited, everyMs: 1, key: privateKey, logger: Logger.silent() });
    await tick.tick();
    await tick.tick();
    const head = (await stored()).at(-1);
    expect(await limited.query('select decisions_sequence::int as n, decisions_hash as hash from audit_anchors')).toEqual([{ n: head?.sequence, hash: head?.hash }]);
    await decide('later', 'of an anchor');
    await limited.query('select pg_sleep(0.01)');
    await tick.tick();
    const told = (await published()).map((value) => JSON.parse(value) as AuditAnchored);
    expect(told.map((anchor) => isSignedBy(anchor, [publicKey]))).toEqual([true, true]);
    expect(told[1]?.anchoredAt.localeCompare(told[0]?.anchoredAt ?? '')).toBe(1);
  });
});

describe("the application's role", () => {
  it.each([['audit_records', 'hash'], ['decision_records', 'hash'], ['access_events', 'kind'], ['audit_anchors', 'cycles_hash']])('cannot change %s', async (table, column) => {
    expect(await limited.query('select current_user as role')).toEqual([{ role: appRole.name }]);
    for (const sql of [`update ${table} set ${column} = 'x'`, `delete from ${table}`, `truncate ${table}`, `alter table ${table} disable trigger all`, `drop trigger ${table}_are_append_only on ${table}`, `drop table ${table}`, 'set session_replication_role = replica', 'drop function refuse_audit_change() cascade']) {
      await expect(limited.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('is all that a login of its own has, where another one owns the schema', async () => {
    const login = uniqueName('console_login').replaceAll('-', '_');
    const url = Object.assign(new URL(running.store.url), { username: login, password: 'only-here' }).href;
    await running.store.query(`create role "${login}" login password 'only-here'`);
    const opened = new Database({ url, service: 'console', migrations, migrationUrl: running.store.url, role: appRole });
    try {
      await opened.start();
      await opened.query('select 1 from decision_records limit 1');
      await expect(opened.transaction(async (tx) => {
        await tx.query('reset role');
        await tx.query('delete from decision_records');
      })).rejects.toThrow('permission denied');
    } finally {
      await opened.stop();
      await running.store.query(`drop role "${login}"`);
    }
  });

  it('is done without, and said so, where it cannot be made', async () => {
    const login = uniqueName('console_poor').replaceAll('-', '_');
    await running.store.query(`create role "${login}" login password 'only-here'`);
    const refused: unknown[] = [];
    const url = Object.assign(new URL(running.store.url), { username: login, password: 'only-here' }).href;
    const opened = new Database({ url, service: `poor_${login}`, migrations: [], role: { name: appRole.name, appendOnly: [] }, onRoleRefused: (error) => refused.push(error) });
    await running.store.query(`create schema "poor_${login}" authorization "${login}"`);
    await running.store.query(`do $$ begin execute format('grant create on database %I to "${login}"', current_database()); end $$`);
    try {
      await opened.start();
      expect(await opened.query('select current_user as role')).toEqual([{ role: login }]);
      expect(refused).toHaveLength(1);
    } finally {
      await opened.stop();
      await running.store.query(`drop owned by "${login}" cascade`);
      await running.store.query(`drop role "${login}"`);
    }
  });
});

describe('the API', () => {
  it('gives pages with filters, one record, the state and an export', async () => {
    const first = (await get('/api/audit?limit=2&kind=rollout')).json() as { items: { sequence: number }[]; next: string };
    expect(first.items).toHaveLength(2);
    const second = (await get(`/api/audit?limit=200&kind=rollout&actor=human:ana&model=assistant&workload=default&cycle=c1&from=2020-01-01T00:00:00Z&after=${first.next}`)).json() as { items: unknown[]; next: null };
    expect(second).toMatchObject({ items: { length: 4 }, next: null });
    expect((await get('/api/audit?after=x')).statusCode).toBe(400);
    expect((await get(`/api/audit/decisions/${first.items[0]?.sequence}`)).json()).toMatchObject({ record: { kind: 'rollout' } });
    expect((await get('/api/audit/decisions/999999999')).statusCode).toBe(404);
    expect((await get('/api/audit/state')).json()).toMatchObject({ cycles: { sequence: 0, problem: null }, decisions: { problem: null }, anchor: { decisions: { sequence: expect.any(Number) } } });
    const lines = (await get('/api/audit/export?chain=decisions')).body.trim().split('\n').map((line) => JSON.parse(line) as ChainedRecord<unknown>);
    expect(verifyChain(lines).valid).toBe(true);
    expect(lines).toHaveLength((await stored()).length);
  });
});
