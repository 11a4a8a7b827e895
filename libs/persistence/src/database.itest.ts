import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogueEntryOf } from '@ratchet/contracts';
import type { EventDefinition, EventEnvelope } from '@ratchet/contracts';
import { Logger } from '@ratchet/observability';
import { assertNoGaps, createTestDatabase, eventually } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database } from './database.js';
import { inboxKey, receiveOnce } from './inbox.js';
import { prepareJobs } from './jobs.js';
import { OutboxRelay } from './outbox.js';

class Notes0001 implements MigrationInterface {
  name = 'Notes0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    // Long enough for another instance to come in between, if it could.
    await runner.query(`create table notes (id int primary key, text text not null); select pg_sleep(0.3); insert into notes values (1, 'first')`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}

const logger = Logger.silent();
const service = 'note-taker';
let server: TestDatabase;
let database: Database;

const open = async (): Promise<Database> => {
  const opened = new Database({ url: server.url, service, migrations: [Notes0001] });
  await opened.start();
  return opened;
};
const trainingFailed = catalogueEntryOf('ratchet.training.failed')?.definition as EventDefinition;
const failure = (cycleId: string, n: number): object => ({ cycleId, model: 'm', workload: 'w', trainingRunId: 'r', baseVersion: 'v1', reason: String(n), failedAt: '2026-01-01T00:00:00Z' });

beforeAll(async () => {
  server = await createTestDatabase('persistence');
});
afterAll(async () => {
  await database?.stop();
  await server.drop();
});

describe('migrations', () => {
  it('run once when several instances start at the same time', async () => {
    const instances = await Promise.all([open(), open(), open()]);
    const [first, ...others] = instances;
    database = first as Database;
    for (const other of others) await other.stop();
    expect(await database.query('select text from notes')).toEqual([{ text: 'first' }]);
    const applied = await database.query<{ name: string }>('select name from migrations order by id');
    expect(applied.map(({ name }) => name)).toEqual(['PlatformTables0000000000001', 'Notes0000000000001', 'PlatformTables0000000000002', 'PlatformTables0000000000003', 'PlatformTables0000000000004']);
  });

  it('keep to the schema of the service', async () => {
    const tables = await server.query<{ schema: string }>(`select distinct table_schema as schema from information_schema.tables where table_name in ('notes', 'inbox', 'outbox', 'migrations')`);
    expect(tables).toEqual([{ schema: 'note_taker' }]);
  });
});

describe('a transaction', () => {
  beforeAll(() => prepareJobs({ url: server.url, service, logger }));
  const left = async (): Promise<Record<string, number>> => {
    const [counts] = await database.query<Record<string, number>>(`select (select count(*)::int from notes) as notes, (select count(*)::int from outbox) as outbox, (select count(*)::int from inbox) as inbox, (select count(*)::int from note_taker_jobs.jobs) as jobs`);
    return counts ?? {};
  };
  const received: EventEnvelope = { id: 'e1', source: '/test', type: 'x', time: '2026-01-01T00:00:00Z', data: {} };

  it('leaves nothing behind when it fails: no effect, no event, no job, no mark in the inbox', async () => {
    const before = await left();
    const failing = database.transaction(async (tx) => {
      await receiveOnce(tx, [received]);
      await tx.query(`insert into notes values (2, 'second')`);
      tx.emit(trainingFailed, failure('c', 1));
      await tx.enqueue('write', { id: 2 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await left()).toEqual(before);
  });

  it('makes all of it real together when it succeeds', async () => {
    const before = await left();
    const fresh = await database.transaction(async (tx) => {
      const ids = await receiveOnce(tx, [received]);
      await tx.query(`insert into notes values (2, 'second')`);
      tx.emit(trainingFailed, failure('c', 1), { id: 'own-id', correlationId: 'c', causationId: 'e1' });
      await tx.enqueue('write', { id: 2 });
      return ids;
    });
    expect([...fresh]).toEqual([inboxKey(received)]);
    const after = await left();
    for (const name of ['notes', 'outbox', 'inbox', 'jobs']) expect(after[name]).toBe((before[name] ?? 0) + 1);
    const [row] = await database.query<{ topic: string; key: string; headers: object }>('select topic, key, headers from outbox');
    expect(row).toMatchObject({ topic: 'ratchet.candidates.v1', key: 'c', headers: { ce_id: 'own-id', ce_source: '/ratchet/note-taker', ce_correlationid: 'c', ce_causationid: 'e1' } });
    await database.query('delete from outbox');
  });

  it('does what is put off once for each key, when all else is done', async () => {
    const order: string[] = [];
    await database.transaction(async (tx) => {
      const putOff = (name: string) => async (): Promise<void> => {
        order.push(name);
        if (name === 'first') tx.atEnd('c', putOff('from the first'));
      };
      tx.atEnd('a', putOff('first'));
      tx.atEnd('b', putOff('second'));
      tx.atEnd('a', putOff('first again'));
      order.push('work');
    });
    expect(order).toEqual(['work', 'first', 'second', 'from the first']);
    const failing = database.transaction(async (tx) => {
      await tx.query(`insert into notes values (99, 'put off')`);
      tx.atEnd('a', () => Promise.reject(new Error('the look failed')));
    });
    await expect(failing).rejects.toThrow('the look failed');
    expect(await database.query(`select text from notes where text = 'put off'`)).toEqual([]);
  });

  it('hands over what was gathered under a key, all at once and in order, when all else is done', async () => {
    const seen: (string | readonly number[])[] = [];
    await database.transaction(async (tx) => {
      const keep = async (values: readonly number[]): Promise<void> => void seen.push(values);
      for (const value of [3, 1, 2]) tx.gather('numbers', value, keep);
      tx.gather('others', 9, keep);
      seen.push('work');
    });
    expect(seen).toEqual(['work', [3, 1, 2], [9]]);
  });

  it('emits what an event with an odd id has caused, as it is', async () => {
    const odd = 'zero\0byte \ud800';
    await database.transaction(async (tx) => tx.emit(trainingFailed, failure(odd, 1), { causationId: odd }));
    expect(await database.query('select key, headers from outbox')).toMatchObject([{ key: odd, headers: { ce_causationid: odd } }]);
    await database.query('delete from outbox');
  });

  it('tells an event that has come before', async () => {
    const other = { ...received, id: 'e2' };
    const fresh = await database.transaction((tx) => receiveOnce(tx, [received, other, other]));
    expect([...fresh]).toEqual([inboxKey(other)]);
    expect([...(await database.transaction((tx) => receiveOnce(tx, [received, other])))]).toEqual([]);
  });

  it('tells events apart whose ids PostgreSQL could neither keep nor index', async () => {
    const ids = ['zero\0byte', 'zero\0bytes', 'x'.repeat(299), `${'x'.repeat(6_000)}1`, `${'x'.repeat(6_000)}2`, 'half \ud800', 'half \ud801', '文'.repeat(300)];
    const events = ids.flatMap((id) => [{ ...received, id }, { ...received, id, source: `/${id}` }]);
    const receive = (): Promise<Set<string>> => database.transaction((tx) => receiveOnce(tx, [...events, ...events]));
    expect(await receive()).toEqual(new Set(events.map(inboxKey)));
    expect(await receive()).toEqual(new Set());
  });

  it('refuses an event that its schema does not allow, before anything is written', async () => {
    const before = await left();
    await expect(database.transaction(async (tx) => tx.emit(trainingFailed, { ...failure('c', 1), cycleId: '' }))).rejects.toThrow(/cycleId/);
    expect(await left()).toEqual(before);
  });

  it('keeps one waiting job a key', async () => {
    await database.transaction(async (tx) => {
      await tx.enqueue('count', { n: 1 }, { key: 'only', runAt: new Date('2030-01-01T00:00:00Z') });
      await tx.enqueue('count', { n: 2 }, { key: 'only', keyMode: 'preserve_run_at' });
    });
    const jobs = await database.query<{ payload: object; year: number }>(`select payload, extract(year from run_at)::int as year from note_taker_jobs._private_jobs where key = 'only'`);
    expect(jobs).toEqual([{ payload: { n: 2 }, year: 2030 }]);
  });
});

describe('OutboxRelay', () => {
  let relay: OutboxRelay | undefined;
  afterEach(async () => {
    await relay?.stop();
  });

  it('publishes in the order of the commits for each key, through failing sends and concurrent writers', async () => {
    const sent: { key: string; n: number }[] = [];
    let sends = 0;
    relay = new OutboxRelay({
      database,
      logger,
      batchRowsMax: 7,
      send: async (records) => {
        sends += 1;
        if (sends === 2 || sends === 5) throw new Error('broker away');
        sent.push(...records.map(({ key, value }) => ({ key: String(key), n: Number((JSON.parse(String(value)) as { reason: string }).reason) })));
      },
    });
    relay.start();
    const writer = async (key: string): Promise<void> => {
      for (let n = 0; n < 30; n += 2) {
        await database.transaction(async (tx) => {
          tx.emit(trainingFailed, failure(key, n));
          tx.emit(trainingFailed, failure(key, n + 1));
        });
      }
    };
    await Promise.all(['a', 'b', 'c'].map(writer));
    await eventually(async () => expect(await database.query('select 1 from outbox')).toEqual([]));
    expect(sent).toHaveLength(90);
    for (const key of ['a', 'b', 'c']) assertNoGaps(sent.filter((one) => one.key === key).map(({ n }) => n), { from: 0 });
    expect(sends).toBeGreaterThan(5);
  });

  it('sends what was written while no relay ran', async () => {
    await relay?.stop();
    await database.transaction(async (tx) => tx.emit(trainingFailed, failure('late', 7)));
    const keys: string[] = [];
    relay = new OutboxRelay({ database, logger, send: async (records) => void keys.push(...records.map(({ key }) => String(key))) });
    relay.start();
    await eventually(() => expect(keys).toEqual(['late']));
  });
});
