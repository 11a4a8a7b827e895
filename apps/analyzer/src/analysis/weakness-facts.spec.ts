import { describe, expect, it } from '@jest/globals';
import { boundedIds, trendOf, weaknessFacts } from './weakness-facts.js';

const DAY_MS = 86_400_000;
const nowMs = Date.parse('2026-03-20T03:00:00.000Z');
const aged = (days: number): { closedAtMs: number } => ({ closedAtMs: nowMs - days * DAY_MS });

describe('weaknessFacts', () => {
  it('counts the last week and the one before', () => {
    expect(trendOf([aged(0), aged(1), aged(6.9), aged(7.1), aged(13.9), aged(14.1), aged(40)], nowMs)).toEqual({ lastWeek: 3, weekBefore: 2 });
    expect(trendOf([{ closedAtMs: nowMs + 1_000 }, {}], nowMs)).toEqual({ lastWeek: 1, weekBefore: 0 });
  });

  it('says what changed, when, and what sets the cluster apart', () => {
    const patterns = Array.from({ length: 30 }, (_, i) => ({ kind: 'words' as const, pattern: `w${i}`, share: 0.5, shareElsewhere: 0.1 }));
    const facts = weaknessFacts({ cluster: { patterns }, members: [], identity: { change: { kind: 'new', from: [], previousSize: 0 } }, rankedAt: '2026-03-20T03:00:00.000Z' });
    expect(facts.change).toEqual({ kind: 'new', from: [], previousSize: 0, changedAt: '2026-03-20T03:00:00.000Z' });
    expect(facts.patterns).toEqual(patterns.slice(0, 20));
  });
});

describe('boundedIds', () => {
  it('takes 2,000 ids, and fewer of long ones', () => {
    expect(boundedIds(Array.from({ length: 2_500 }, (_, i) => `i${i}`))).toHaveLength(2_000);
    const long = boundedIds(Array.from({ length: 2_500 }, () => 'ж'.repeat(200)));
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(262_200);
    expect(long.length).toBeGreaterThan(600);
  });
});
