// What somebody with all rights does to the tables, and whether it is found: in a real PostgreSQL.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditAnchored, auditDecided, auditRecorded, chainAfter, hashOf } from '@ratchet/domain';
import type { ChainedRecord, CycleRecord, DecisionRecord } from '@ratchet/domain';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { cliEvent } from '../stack/cli-event.js';
import { verifyTables } from './audit-tables.js';
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
const published = ({ onlyAnchor = false } = {}): Published => {
  const all = new Published();
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
});
beforeEach(async () => {
  await store.query('truncate console.audit_records, console.decision_records');
  await insert('audit_records', cycles);
  await insert('decision_records', decisions);
});
afterAll(async () => {
  await store?.drop();
});

describe('the verification of the tables', () => {
  it('finds nothing where nothing was done, and a head that was noted', async () => {
    const head = decisions.at(-1)?.hash;
    expect(await verifyTables(store.url, published(), head)).toEqual({ valid: true, cycles: { records: 5, head: cycles[4]?.hash, unpublished: 0 }, decisions: { records: 1_203, head, unpublished: 1 }, anchors: 1 });
    expect(await verifyTables(store.url, published(), 'f'.repeat(64))).toMatchObject({ valid: false, problem: expect.stringContaining('noted record') });
  });

  it.each([
    ['changed', `update console.decision_records set record = record || '{"actor": "human:bob"}' where sequence = 1100`, 'record 1100 has been changed'],
    ['changed in one number', `update console.decision_records set record = jsonb_set(record, '{after,share}', '0.26') where sequence = 2`, 'record 2 has been changed'],
    ['removed', 'delete from console.decision_records where sequence = 700', 'record 700 is missing'],
    ['removed first', 'delete from console.audit_records where sequence = 1', 'record 1 is missing'],
    ['reordered', 'update console.decision_records set sequence = case sequence when 10 then -1 else 10 end where sequence in (10, 11); update console.decision_records set sequence = 11 where sequence = -1', 'record 10 does not follow'],
    ['inserted before all', `insert into console.decision_records select 0, previous_hash, hash, record from console.decision_records where sequence = 1`, 'out of order: 0 stands'],
    ['inserted at the end', `insert into console.audit_records select 6, cycle_id, hash, repeat('a', 64), record from console.audit_records where sequence = 5`, 'record 6 has been changed'],
    ['cut off', 'delete from console.decision_records where sequence > 1100', 'the end is cut off: 1202 records were published, the table has 1100'],
    ['emptied', 'delete from console.audit_records', 'the end is cut off'],
    ['filed elsewhere', `update console.audit_records set cycle_id = 'c9' where sequence = 3`, 'another cycle'],
  ])('finds a record that was %s', async (_what, sql, problem) => {
    for (const statement of sql.split('; ')) await store.query(statement);
    expect(await verifyTables(store.url, published())).toMatchObject({ valid: false, problem: expect.stringContaining(problem) });
  });

  it('finds a chain that was written anew with hashes that fit, by the topic or by an anchor alone', async () => {
    const forged = chainOf(1_203, (n) => ({ ...decisionOf(n), ...(n === 600 && { actor: 'human:bob' }) }));
    expect(hashOf(forged[599] as ChainedRecord<unknown>)).toBe(forged[599]?.hash);
    await store.query('truncate console.decision_records');
    await insert('decision_records', forged);
    expect(await verifyTables(store.url, published())).toMatchObject({ valid: false, problem: expect.stringContaining('record 600 is not the one that was published') });
    expect(await verifyTables(store.url, published({ onlyAnchor: true }))).toMatchObject({ valid: false, problem: expect.stringContaining('record 1200 is not the one that an anchor names') });
  });

  it('finds a forged record in the topic', async () => {
    const all = published();
    all.take(cliEvent(auditDecided, { ...(chainAfter(decisions[3], decisionOf(9_999)) as ChainedRecord<DecisionRecord>), recordedAt: at }));
    expect(await verifyTables(store.url, all)).toMatchObject({ valid: false, problem: 'the topic has two different records 5 of decisions' });
  });
});
