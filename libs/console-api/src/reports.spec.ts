import { describe, expect, it } from '@jest/globals';
import { periodOf, spanOf } from './reports.js';

describe('periods', () => {
  it.each([['2026-01-01T00:00:00Z', '2026-W01'], ['2027-01-01T00:00:00Z', '2026-W53'], ['2024-12-30T00:00:00Z', '2025-W01'], ['2026-11-22T23:59:59.999Z', '2026-W47']])('%s is in week %s', (at, week) => {
    expect(periodOf('weekly', Date.parse(at))).toBe(week);
    const { from, to } = spanOf('weekly', week)!;
    expect(from <= Date.parse(at) && Date.parse(at) < to).toBe(true);
  });

  it('are days, weeks of seven and months, in UTC', () => {
    expect(spanOf('daily', '2026-02-28')).toEqual({ from: Date.UTC(2026, 1, 28), to: Date.UTC(2026, 2, 1) });
    expect(spanOf('monthly', '2026-12')).toEqual({ from: Date.UTC(2026, 11, 1), to: Date.UTC(2027, 0, 1) });
  });

  it.each([['daily', '2026-02-29'], ['daily', '2026-W01'], ['weekly', '2026-W54'], ['weekly', '2025-W53'], ['weekly', '2026-W00'], ['monthly', '2026-13'], ['monthly', ''], ['daily', '\u0000']] as const)('%s has no %j', (kind, period) => {
    expect(spanOf(kind, period)).toBeUndefined();
  });
});
