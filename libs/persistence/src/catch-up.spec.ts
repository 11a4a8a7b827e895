import { describe, expect, it } from '@jest/globals';
import { lastTimeOf } from './catch-up.js';

const DAY_MS = 86_400_000;
const nowMs = Date.parse('2026-03-18T03:00:30.000Z');

describe('lastTimeOf', () => {
  it.each([
    ['0 3 * * *', '2026-03-18T03:00:00.000Z'],
    ['1 3 * * *', '2026-03-17T03:01:00.000Z'],
    ['0 */6 * * *', '2026-03-18T00:00:00.000Z'],
    ['30 1 * * 1', '2026-03-16T01:30:00.000Z'],
    ['0 0 1 * *', undefined],
  ])('of %s within 8 days is %s', (pattern, expected) => {
    expect(lastTimeOf(`${pattern} review ?id=review`, { nowMs, windowMs: 8 * DAY_MS })?.toISOString()).toBe(expected);
  });

  it('refuses what is no pattern', () => {
    expect(() => lastTimeOf('every monday review', { nowMs, windowMs: DAY_MS })).toThrow(/cron/iu);
  });
});
