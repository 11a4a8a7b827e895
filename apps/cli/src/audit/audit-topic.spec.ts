import { describe, expect, it } from '@jest/globals';
import { auditRecorded, chainAfter } from '@ratchet/domain';
import type { AuditRecorded, CycleRecord } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';
import { inChainOrder, judgeAudit } from './audit-topic.js';

const now = '2026-01-01T00:00:00Z';
const recordOf = (cycleId: string): CycleRecord => ({
  cycle_id: cycleId, model: 'assistant', workload: 'default', trigger: 'scheduled', failures_analyzed: 3, data_generated: 2, training_config: {}, evaluation_results: [],
  deployment_decision: 'promoted', rollback_events: [], human_approvals: [], timestamp: now,
});
const records = ['a', 'b', 'c'].reduce<AuditRecorded[]>((links, id) => [...links, { ...chainAfter(links.at(-1), recordOf(id)), recordedAt: now }], []);
const [a, b, c] = records as [AuditRecorded, AuditRecorded, AuditRecorded];
const events = (...data: AuditRecorded[]) => data.map((record) => cliEvent(auditRecorded, record));
const judged = (...data: AuditRecorded[]) => judgeAudit({ records: inChainOrder(events(...data)), foreign: [] });

describe('the audit topic', () => {
  it('is a chain, in whatever order its partitions are read and whatever came twice', () => {
    expect(judged(c, a, b, b)).toEqual({ valid: true, records: 3, head: c.hash });
  });

  it('is broken by a record that is missing, or that somebody added', () => {
    expect(judged(a, c)).toMatchObject({ valid: false });
    expect(judged(a, b, c, { ...b, record: recordOf('other') })).toMatchObject({ valid: false });
  });

  it('is broken by records of another kind', () => {
    const foreign = [{ topic: 't', partition: 1, offset: 7n, code: 'not_json' as const, message: '' }];
    expect(judgeAudit({ records, foreign })).toMatchObject({ valid: false, problem: expect.stringContaining('partition 1, offset 7') });
  });

  it('shows a cut-off end to those who noted the head', () => {
    expect(judgeAudit({ records, foreign: [] }, b.hash).valid).toBe(true);
    expect(judgeAudit({ records: [a, b], foreign: [] }, c.hash)).toMatchObject({ valid: false, problem: expect.stringContaining('cut off') });
  });
});
