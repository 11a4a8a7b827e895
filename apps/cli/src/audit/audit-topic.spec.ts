import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { auditAnchored, auditDecided, auditRecorded, chainAfter, GENESIS_HASH, signAnchor } from '@ratchet/domain';
import type { AuditRecorded, CycleRecord, DecisionRecord } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';
import { verifyTopic } from './audit-topic.js';
import { Published, type PublishedOptions } from './published.js';

const now = '2026-01-01T00:00:00Z';
const recordOf = (cycleId: string): CycleRecord => ({
  cycle_id: cycleId, model: 'assistant', workload: 'default', trigger: 'scheduled', failures_analyzed: 3, data_generated: 2, training_config: {}, evaluation_results: [],
  deployment_decision: 'promoted', rollback_events: [], human_approvals: [], timestamp: now,
});
const chainOf = (...ids: string[]): AuditRecorded[] => ids.reduce<AuditRecorded[]>((links, id) => [...links, { ...chainAfter(links.at(-1), recordOf(id)), recordedAt: now }], []);
const records = chainOf('a', 'b', 'c');
const [a, b, c] = records as [AuditRecorded, AuditRecorded, AuditRecorded];
const told = (...data: AuditRecorded[]) => data.map((record) => cliEvent(auditRecorded, record));
const headOf = ({ sequence, hash }: { sequence: number; hash: string }) => ({ sequence, hash });
const NOTHING = { sequence: 0, hash: GENESIS_HASH };
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const anchor = (minute: number, cycles = NOTHING, key?: KeyObject) => {
  const plain = { cycles, decisions: NOTHING, anchoredAt: at(minute) };
  return cliEvent(auditAnchored, { ...plain, ...(key && { signature: signAnchor(plain, key) }) });
};
const verified = (events: readonly EventEnvelope[], options: PublishedOptions = {}) => {
  const published = new Published(options);
  for (const event of events) published.take(event);
  return verifyTopic(published);
};
const problemOf = (...parameters: Parameters<typeof verified>) => verified(...parameters).problem;

describe('the audit topic', () => {
  it('is two chains, in whatever order its partitions are read and whatever came twice', () => {
    const decision: DecisionRecord = { decision_id: 'd', kind: 'k', actor: 'ana', reason: 'r', model: 'm', workload: 'w', cycle_id: null, before: {}, after: {}, happened_at: now };
    const link = { ...chainAfter(undefined, decision), recordedAt: now };
    const expected = { valid: true, records: 3, head: c.hash, cycles: { records: 3, head: c.hash }, decisions: { records: 1, head: link.hash }, anchors: 2 };
    expect(verified([anchor(2, headOf(c)), ...told(c, a, b, b), cliEvent(auditDecided, link), anchor(1, headOf(a))])).toEqual(expected);
    expect(verified([])).toMatchObject({ valid: true, records: 0, head: null });
  });

  it.each([
    ['lacks a record', told(a, c), 'cycles: record 2 is missing'],
    ['lacks the first', told(b, c), 'cycles: record 1 is missing'],
    ['has a second record in one place', told(a, b, c, ...chainOf('a', 'other').slice(1)), 'two different records 2'],
    ['has a changed record', told(a, { ...b, record: recordOf('other') }), 'record 2 of cycles in the topic does not have the hash that it claims'],
    ['has a record that fits its own hash alone', told(a, ...chainOf('a', 'other').slice(1), c), 'record 3 of cycles in the topic does not follow record 2'],
    ['has the same, read in another order', told(c, a, ...chainOf('a', 'other').slice(1)), 'record 2 of cycles in the topic is not the one that an anchor or the record after it names'],
    ['begins with what is no beginning', told({ ...a, ...chainAfter({ sequence: 0, hash: c.hash }, recordOf('x')) }), 'record 1 of cycles in the topic does not follow record 0'],
    ['has a record that is far off', told(a, { ...chainAfter({ sequence: 900_000_000, hash: a.hash }, recordOf('x')), recordedAt: now }), 'far beyond'],
  ])('is broken where it %s', (_what, events, problem) => {
    expect(verified(events)).toMatchObject({ valid: false, problem: expect.stringContaining(problem) });
  });

  it('shows a cut-off end to those who noted the head', () => {
    expect(verified(told(...records), { noted: b.hash }).valid).toBe(true);
    expect(problemOf(told(a, b), { noted: c.hash })).toContain('cut off');
  });
});

describe('anchors', () => {
  it.each([
    ['knows of more than the topic', [...told(a, b), anchor(1, headOf(c))], 'cycles: the end is cut off: an anchor names record 3, the topic has 2'],
    ['names another record than the topic', [...told(a, b), anchor(1, { sequence: 2, hash: c.hash })], 'names another record 2 of cycles'],
    ['contradicts another one', [anchor(1, { sequence: 3, hash: a.hash }), anchor(2, { sequence: 3, hash: b.hash })], 'names another record 3 of cycles'],
    ['goes back', [...told(...records), anchor(1, headOf(c)), anchor(2, headOf(b))], `the anchor of ${at(2)} goes back: it names record 2 of cycles, and the anchor of ${at(1)} record 3`],
    ['goes back to nothing', [...told(...records), anchor(1, headOf(c)), anchor(2)], 'goes back'],
    ['is dated back', [...told(...records), anchor(2, headOf(b)), anchor(1, headOf(c))], 'goes back'],
  ])('are found where one %s', (_what, events, problem) => {
    expect(problemOf(events)).toContain(problem);
  });

  it('may come again after later ones', () => {
    expect(problemOf([...told(...records), anchor(1, headOf(a)), anchor(2, headOf(c)), anchor(1, headOf(a)), anchor(2, headOf(c))])).toBeUndefined();
  });

  describe('with a key', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const other = generateKeyPairSync('ed25519');
    const judged = (...anchors: EventEnvelope[]) => problemOf([...told(...records), ...anchors], { anchorKeys: [publicKey] });

    it('stand where they are signed, also before signing was turned on and after the key was changed', () => {
      expect(judged(anchor(1, headOf(a)), anchor(2, headOf(b), privateKey), anchor(1, headOf(a)))).toBeUndefined();
      expect(problemOf([...told(...records), anchor(1, headOf(a), privateKey), anchor(2, headOf(b), other.privateKey)], { anchorKeys: [other.publicKey, publicKey] })).toBeUndefined();
    });

    it('are refused without a signature or with a wrong one', () => {
      expect(judged()).toContain('no anchor is signed');
      expect(judged(anchor(1, headOf(a)))).toContain('no anchor is signed');
      expect(judged(anchor(1, headOf(a), privateKey), anchor(2, headOf(b)))).toBe(`the anchor of ${at(2)} is not signed, and the anchor of ${at(1)} is`);
      expect(judged(anchor(1, headOf(a), privateKey), anchor(2, headOf(b), other.privateKey))).toBe(`the anchor of ${at(2)} is not signed by the given key`);
    });
  });
});
