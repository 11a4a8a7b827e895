// What somebody with all rights does to the tables, and whether it is found: in a real PostgreSQL.
import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditAnchored, auditDecided, auditRecorded, chainAfter, hashOf, verifyChain } from '@ratchet/domain';
import type { ChainedRecord, CycleRecord, DecisionRecord } from '@ratchet/domain';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { cliEvent } from '../stack/cli-event.js';
import { verifyTables } from './audit-tables.js';
import { exportTable } from './export-chain.js';
import { Published } from './published.js';

const at = '2026-01-01T00:00:00Z';
const target = { model: 'assistant', workload: 'default' };
const cycleOf = (n: number): CycleRecord => ({ cycle_id: `c${n}`, ...target, trigger: 'scheduled', failures_analyzed: 3, data_generated: 2, training_config: {}, evaluation_results: [], deployment_decision: 'promoted', rollback_events: [], human_approvals: [], timestamp: at });
const decisionOf = (n: number): DecisionRecord => ({ decision_id: `d${n}`, kind: 'rollout', actor: 'human:ana', reason: 'why', ...target, cycle_id: 'c1', before: { share: 0.05 }, after: { share: 0.25 }, happened_at: at });
const chainOf = <R>(count: number, recordOf: (n: number) => R): ChainedRecord<R>[] => Array.from({ length: count }, (_, i) => recordOf(i + 1)).reduce<ChainedRecord<R>[]>((links, record) => [...links, chainAfter(links.at(-1), record)], []);
const cycles = chainOf(5, cycleOf);
const decisions = chainOf(1_203, decisionOf);
const headOf = ({ sequence, hash }: ChainedRecord<unknown>) => ({ sequence, hash });

/** What the topic holds: all but the last decision, which waits in the outbox. */
const published = ({ onlyAnchor = false, noted }: { onlyAnchor?: boolean; noted?: string } = {}): Published => {
  const all = new Published({ noted });
  if (!onlyAnchor) {
    for (const link of cycles) all.take(cliEvent(auditRecorded, { ...link, recordedAt: at }));
    for (const link of decisions.slice(0, -1).toReversed()) all.take(cliEvent(auditDecided, { ...link, recordedAt: at }));
  }
  all.take(cliEvent(auditAnchored, { cycles: headOf(cycles[4] as ChainedRecord), decisions: headOf(decisions[1_199] as ChainedRecord<unknown>), anchoredAt: at }));
  return all;
};

let store: TestDatabase;
const insert = async (table: string, links: readonly ChainedRecord<unknown>[]): Promise<void> => {
  await store.query(`insert into console.${table} select (l ->> 'sequence')::bigint, ${table === 'audit_records' ? `l -> 'record' ->> 'cycle_id', ` : ''} l ->> 'previousHash', l ->> 'hash', l -> 'record' from jsonb_array_elements($1::jsonb) l`, [JSON.stringify(links)]);
};

beforeAll(async () => {
  store = await createTestDatabase('audit');
  await store.query('create schema console');
  await store.query('create table console.audit_records (sequence bigint primary key, cycle_id text, previous_hash text, hash text, record jsonb)');
  await store.query('create table console.decision_records (sequence bigint primary key, previous_hash text, hash text, record jsonb)');
  for (const table of ['audit_records', 'decision_records']) await store.query(`alter table console.${table} add column recorded_at timestamptz not null default '${at}'`);
  await store.query('create table console.audit_anchors (anchored_at timestamptz primary key, cycles_sequence bigint, cycles_hash text, decisions_sequence bigint, decisions_hash text)');
});
beforeEach(async () => {
  await store.query('truncate console.audit_records, console.decision_records, console.audit_anchors');
  await insert('audit_records', cycles);
  await insert('decision_records', decisions);
});
afterAll(async () => {
  await store?.drop();
});

describe('the verification of the tables', () => {
  it('finds nothing where nothing was done, and a head that was noted', async () => {
    const head = decisions.at(-1)?.hash;
    expect(await verifyTables(store.url, published({ noted: head ?? '' }))).toEqual({ valid: true, cycles: { records: 5, head: cycles[4]?.hash, unpublished: 0 }, decisions: { records: 1_203, head, unpublished: 1 }, anchors: 1 });
    expect(await verifyTables(store.url, published({ noted: 'f'.repeat(64) }))).toMatchObject({ valid: false, problem: expect.stringContaining('noted record') });
  });

  describe.each([
    { chain: 'cycles', table: 'audit_records', records: 5, published: 5, tenth: '{"deployment_decision": "rejected"}' },
    { chain: 'decisions', table: 'decision_records', records: 1_203, published: 1_202, tenth: '{"actor": "human:bob"}' },
  ])('of $chain', ({ chain, table, records, published: known, tenth }) => {
    const columns = table === 'audit_records' ? 'cycle_id, ' : '';
    it.each([
      ['changed', `update console.${table} set record = record || '${tenth}' where sequence = ${records - 1}`, `record ${records - 1} has been changed`],
      ['changed, with a hash that was made to fit', `update console.${table} set hash = repeat('a', 64) where sequence = 2`, 'record 2 has been changed'],
      ['changed in its link', `update console.${table} set previous_hash = repeat('a', 64) where sequence = 3`, 'record 3 does not follow'],
      ['removed', `delete from console.${table} where sequence = 4`, 'record 4 is missing'],
      ['removed first', `delete from console.${table} where sequence = 1`, 'record 1 is missing'],
      ['removed, with those after it moved up', `delete from console.${table} where sequence = 2; update console.${table} set sequence = -sequence where sequence > 2; update console.${table} set sequence = -sequence - 1 where sequence < 0`, 'record 2 does not follow'],
      ['reordered', `update console.${table} set sequence = case sequence when 3 then -1 else 3 end where sequence in (3, 4); update console.${table} set sequence = 4 where sequence = -1`, 'record 3 does not follow'],
      ['inserted before all', `insert into console.${table} (sequence, ${columns}previous_hash, hash, record) select 0, ${columns}previous_hash, hash, record from console.${table} where sequence = 1`, 'out of order: 0 stands'],
      ['inserted in the middle', `update console.${table} set sequence = -sequence where sequence > 2; update console.${table} set sequence = 1 - sequence where sequence < 0; insert into console.${table} (sequence, ${columns}previous_hash, hash, record) select 3, ${columns}hash, repeat('a', 64), record from console.${table} where sequence = 2`, 'record 3 has been changed'],
      ['inserted at the end', `insert into console.${table} (sequence, ${columns}previous_hash, hash, record) select ${records + 1}, ${columns}hash, repeat('a', 64), record from console.${table} where sequence = ${records}`, `record ${records + 1} has been changed`],
      ['cut off', `delete from console.${table} where sequence > 3`, `the end is cut off: ${known} records were published, the table has 3`],
      ['emptied', `delete from console.${table}`, 'the end is cut off'],
    ])('finds a record that was %s', async (_what, sql, problem) => {
      for (const statement of sql.split('; ')) await store.query(statement);
      const verdict = await verifyTables(store.url, published());
      expect(verdict).toMatchObject({ valid: false, problem: expect.stringContaining(problem) });
      expect(verdict.problem).toMatch(new RegExp(`^${chain}: `));
    });
  });

  it.each([
    ['a number', `update console.decision_records set record = jsonb_set(record, '{after,share}', '0.26') where sequence = 2`, 'record 2 has been changed'],
    ['the cycle that a record is filed under', `update console.audit_records set cycle_id = 'c9' where sequence = 3`, 'another cycle'],
    ['an anchor of the table', `insert into console.audit_anchors select now(), 0, repeat('0', 64), 600, repeat('a', 64)`, 'in the table names another record 600 of decisions'],
    ['an anchor of cycles in the table', `insert into console.audit_anchors select '2026-01-02T03:04:05Z', 9, repeat('a', 64), 0, repeat('0', 64)`, 'the anchor of 2026-01-02T03:04:05.000Z in the table names another record 9 of cycles'],
  ])('finds that %s was changed', async (_what, sql, problem) => {
    await store.query(sql);
    expect(await verifyTables(store.url, published())).toMatchObject({ valid: false, problem: expect.stringContaining(problem) });
  });

  it('takes anchors of the table that say what it says', async () => {
    await store.query(`insert into console.audit_anchors select now(), 5, c.hash, 600, d.hash from console.audit_records c, console.decision_records d where c.sequence = 5 and d.sequence = 600`);
    expect(await verifyTables(store.url, published())).toMatchObject({ valid: true });
  });

  it('finds what the database lost after an anchor, where the topic lost it, too', async () => {
    await store.query('delete from console.decision_records where sequence > 900');
    expect(await verifyTables(store.url, published({ onlyAnchor: true }))).toMatchObject({ valid: false, problem: 'decisions: the end is cut off: 1200 records were published, the table has 900' });
  });

  it('finds a chain that was written anew with hashes that fit, by the topic or by an anchor alone', async () => {
    const forged = chainOf(1_203, (n) => ({ ...decisionOf(n), ...(n === 600 && { actor: 'human:bob' }) }));
    expect(hashOf(forged[599] as ChainedRecord<unknown>)).toBe(forged[599]?.hash);
    await store.query('truncate console.decision_records');
    await insert('decision_records', forged);
    expect(await verifyTables(store.url, published())).toMatchObject({ valid: false, problem: expect.stringContaining('record 600 is not the one that was published') });
    expect(await verifyTables(store.url, published({ onlyAnchor: true }))).toMatchObject({ valid: false, problem: expect.stringContaining('record 1200 is not the one that an anchor, or the record published after it, names') });
  });

  it('finds a forged record in the topic', async () => {
    const all = published();
    all.take(cliEvent(auditDecided, { ...(chainAfter(decisions[3], decisionOf(9_999)) as ChainedRecord<DecisionRecord>), recordedAt: at }));
    expect(await verifyTables(store.url, all)).toMatchObject({ valid: false, problem: 'the topic has two different records 5 of decisions' });
  });
});

describe('the export of a table', () => {
  it.each(['cycles', 'decisions'] as const)('prints all %s as JSON lines, oldest first, which verify', async (chain) => {
    const out = new PassThrough({ highWaterMark: 1_024 });
    const [text] = await Promise.all([readAll(out), exportTable(store.url, chain, out).finally(() => out.end())]);
    const lines = text.trim().split('\n').map((line) => JSON.parse(line) as ChainedRecord<unknown> & { recordedAt: string });
    expect(verifyChain(lines)).toEqual({ valid: true, records: chain === 'cycles' ? 5 : 1_203, head: (chain === 'cycles' ? cycles : decisions).at(-1)?.hash });
    expect(lines[0]?.recordedAt).toBe('2026-01-01T00:00:00.000Z');
  });
});
