import { describe, expect, it } from '@jest/globals';
import type { OpportunityHistoryEntry } from '@ratchet/console-api';
import { happened, historyMarks, historyPoints } from './history-points';

const day = (n: number): number => Date.UTC(2026, 0, n);
const entry = (n: number, parts: Partial<OpportunityHistoryEntry> = {}): OpportunityHistoryEntry => ({ at: new Date(day(n)).toISOString(), kind: 'steady', size: 10, affectedUsers: 5, priority: 2, rank: 1, rootCause: 'knowledge_gap', from: [], version: null, ...parts });
const ended = (n: number, kind: OpportunityHistoryEntry['kind'], version: string | null = null): OpportunityHistoryEntry => entry(n, { kind, size: null, affectedUsers: null, priority: null, rank: null, rootCause: null, version });
const items = [entry(1, { kind: 'new' }), entry(2, { kind: 'grown', size: 30 }), ended(4, 'fixed', 'v2'), entry(6, { kind: 'came_back', size: 8, rootCause: 'format_unclear' }), entry(7, { kind: null, size: 8, priority: 3, rootCause: 'format_unclear' })];

describe('the history of a cluster', () => {
  it('holds each value up to its end, has a gap while it was closed, and goes on until now', () => {
    expect(historyPoints(items, day(9)).map(({ at, size, priority }) => [at, size, priority])).toEqual([
      [day(1), 10, 2], [day(2), 30, 2], [day(4), 30, 2], [day(4) + 1, null, null], [day(6), 8, 2], [day(7), 8, 3], [day(9), 8, 3],
    ]);
    expect(historyPoints(items.slice(0, 3), day(9)).at(-1)).toEqual({ at: day(4) + 1, size: null, priority: null });
    expect(historyPoints([], day(9))).toEqual([]);
  });

  it('marks its end, its return and a change of the root cause, not its growth', () => {
    expect(historyMarks(items)).toEqual([{ at: day(4), label: 'fixed', isEnd: true }, { at: day(6), label: 'came back, root cause', isEnd: false }]);
    expect(historyMarks(Array.from({ length: 30 }, (_, i) => ended(i + 1, 'faded')))).toHaveLength(12);
  });

  it('is told in words', () => {
    expect(items.map((_, place) => happened(items, place))).toEqual(['new', 'grown', 'fixed by v2', 'came back; root cause: format unclear, was knowledge gap', 'priority looked at again']);
    expect(happened([ended(1, 'merged_away')], 0)).toBe('merged into another');
  });
});
