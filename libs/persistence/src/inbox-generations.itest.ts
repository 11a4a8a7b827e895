// Goal: an event is new once, whatever generation, release or instance it comes to. Method: real transactions side by side, with turns of
// generations between and during them; the clock of the inbox is set back by hand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import type { ForwardMigration } from './forward-migration.js';
import { inboxKey, receiveOnce, rotateInbox } from './inbox.js';
import { PlatformTables0003 } from './inbox-generations.migration.js';
import { PlatformTables0001, PlatformTables0002 } from './platform-tables.migration.js';

const service = 'rememberer';
const event = (id: string) => ({ id, source: '/test', type: 't', time: '2026-01-01T00:00:00Z', data: {} });
let server: TestDatabase;
let database: Database;

const receive = async (...ids: string[]): Promise<string[]> => {
  const fresh = await database.transaction((tx) => receiveOnce(tx, ids.map(event)));
  return ids.filter((id) => fresh.has(inboxKey(event(id))));
};
const later = async (days: number): Promise<void> => {
  await database.query(`update inbox_generations set began_at = began_at - make_interval(days => $1::int), migrated_at = migrated_at - make_interval(days => $1::int)`, [days]);
};
const turn = async (): Promise<void> => {
  await later(4);
  expect(await rotateInbox(database)).toBe(true);
};
const rowsOf = async (table: string): Promise<number> => (await database.query<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n ?? -1;

beforeAll(async () => {
  server = await createTestDatabase('inbox');
  database = new Database({ url: server.url, service, migrations: [], connectionsMax: 20 });
  await database.start();
});
beforeEach(async () => {
  await database.query('truncate inbox, inbox_before');
});
afterAll(async () => {
  await database.stop();
  await server.drop();
});

describe('the inbox', () => {
  it('remembers an id for two turns of its generations, and forgets it by the third', async () => {
    expect(await receive('a')).toEqual(['a']);
    await turn();
    expect(await receive('a', 'b')).toEqual(['b']);
    await turn();
    expect(await receive('a', 'b')).toEqual([]);
    await turn();
    expect(await receive('a', 'b')).toEqual(['a']);
    expect(await rowsOf('inbox')).toBe(2);
  });

  it('turns no sooner than after four days, so an id is remembered for eight', async () => {
    await turn();
    await later(3);
    expect(await rotateInbox(database)).toBe(false);
    expect(await receive('a')).toEqual(['a']);
    await later(1);
    expect(await Promise.all([rotateInbox(database), rotateInbox(database), rotateInbox(database)])).toEqual(expect.arrayContaining([true, false, false]));
    expect(await receive('a')).toEqual([]);
  });

  it('lets one of two transactions have an event, also where generations are due to turn between them', async () => {
    await later(4);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: written, resolve: hasWritten } = Promise.withResolvers<Set<string>>();
    const first = database.transaction(async (tx) => {
      hasWritten(await receiveOnce(tx, [event('a')]));
      await held;
    });
    expect((await written).size).toBe(1);
    const rotation = rotateInbox(database);
    const waiting = async (): Promise<number> => (await database.query<{ n: number }>(`select count(*)::int as n from pg_locks where not granted and relation = 'inbox_generations'::regclass`))[0]?.n ?? 0;
    await eventually(async () => expect(await waiting()).toBeGreaterThan(0));
    const second = receive('a', 'b');
    letGo();
    await first;
    expect(await rotation).toBe(true);
    expect(await second).toEqual(['b']);
  });

  it('gives up a turn that batches keep waiting, and is unharmed', async () => {
    await later(4);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
    const long = database.transaction(async (tx) => {
      await receiveOnce(tx, [event('a')]);
      hasWritten();
      await held;
    });
    await written;
    await expect(rotateInbox(database)).rejects.toThrow(/lock timeout/);
    letGo();
    await long;
    expect(await rotateInbox(database)).toBe(true);
    expect(await receive('a')).toEqual([]);
  });

  it('counts each event once under writers and turns at the same time', async () => {
    const ids = Array.from({ length: 400 }, (_, n) => `many-${n}`);
    const got: string[] = [];
    let writing = true;
    let turns = 0;
    const turning = (async () => {
      while (writing && turns < 2) {
        await later(4);
        if (await rotateInbox(database).catch(() => false)) turns += 1;
      }
    })();
    // All of them want all ids, each in an order of batches of its own.
    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let at = 0; at < ids.length; at += 20) got.push(...(await receive(...ids.slice((at + writer * 60) % ids.length).slice(0, 20))));
      }),
    );
    writing = false;
    await turning;
    expect(turns).toBe(2);
    expect(got.toSorted()).toEqual(ids.toSorted());
  });
});

describe('a service under a role without rights to empty tables', () => {
  it('writes to the inbox, and has its generations turn', async () => {
    const role = { name: 'inbox_test_app', appendOnly: [] };
    const limited = new Database({ url: server.url, service: 'limited', migrations: [], role });
    await limited.start();
    expect(await limited.query('select current_user as name')).toEqual([{ name: role.name }]);
    await expect(limited.query('truncate inbox')).rejects.toThrow(/permission denied/);
    expect((await limited.transaction((tx) => receiveOnce(tx, [event('a')]))).size).toBe(1);
    await limited.query(`update inbox_generations set began_at = began_at - interval '4 days'`);
    expect(await rotateInbox(limited)).toBe(true);
    expect((await limited.transaction((tx) => receiveOnce(tx, [event('a'), event('b')]))).size).toBe(1);
    await limited.stop();
  });
});

describe('an inbox of an older release', () => {
  /** What it sent, and still sends while the update is under way. */
  const oldStatement = `insert into inbox (source, event_id) select source, event_id from unnest($1::text[], $2::text[]) as t(source, event_id) on conflict do nothing returning source, event_id`;

  it('is remembered for eight days, then emptied, while both releases know what the other has handled', async () => {
    const source = await new DataSource({ type: 'postgres', url: server.url, extra: { options: '-c search_path=older' } }).initialize();
    await source.query('create schema older');
    const run = async (migration: ForwardMigration): Promise<void> => source.transaction((manager) => migration.up(manager.queryRunner as never));
    for (const migration of [new PlatformTables0001(), new PlatformTables0002()]) await run(migration);
    const old = async (...ids: string[]): Promise<string[]> => (await source.query<{ event_id: string }[]>(oldStatement, [ids.map(() => '/test'), ids])).map(({ event_id: id }) => id);
    expect(await old('a', 'b')).toEqual(['a', 'b']);
    await run(new PlatformTables0003());
    expect(await old('a', 'c', 'c')).toEqual(['c']);
    expect(await old('a', 'b', 'c', 'd')).toEqual(['d']);
    await source.query(`delete from inbox where received_at < now() - make_interval(days => 8)`);
    for (const remembered of [['x1'], ['x2'], ['x3', 'a', 'c']]) {
      await source.query(`update inbox_generations set began_at = began_at - interval '4 days', migrated_at = migrated_at - interval '4 days'`);
      await source.query('select rotate_inbox()');
      expect(await old('a', 'c', ...remembered.filter((id) => id.startsWith('x')))).toEqual(remembered[0] === 'x1' ? ['x1'] : remembered[0] === 'x2' ? ['a', 'x2'] : ['c', 'x3']);
    }
    expect(await source.query('select 1 from inbox_before')).toEqual([]);
    await source.destroy();
  });
});
