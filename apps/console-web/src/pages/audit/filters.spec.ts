import { describe, expect, it } from '@jest/globals';
import { endOfDay, startOfDay } from './filters';

describe('the days of a filter', () => {
  it('end where the next one begins', () => {
    expect(endOfDay('2026-11-23')).toBe(startOfDay('2026-11-24'));
    expect(endOfDay('2026-12-31')).toBe(startOfDay('2027-01-01'));
  });

  it.each([null, '', 'yesterday', '2026-99-99'])('are not asked for by %s', (day) => {
    expect(startOfDay(day)).toBeUndefined();
  });
});
