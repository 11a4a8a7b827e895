import { describe, expect, it } from '@jest/globals';
import { instantSchema } from './event-definition.js';
import { instantMsOf, instantOf, utcInstantMs } from './instant.js';

const days = Array.from({ length: 3_000 }, (_, i) => i * 139_968_123_457 - 60_000_000_000_000).filter((ms) => ms < 253_402_300_799_999);

describe('instants', () => {
  it.each([
    '2026-03-02T09:00:00Z', '2026-03-02T09:00:00.123Z', '2024-02-29T23:59:59.999Z', '2000-02-29T00:00:00Z', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '2026-12-31T23:59:59Z',
  ])('are read as Date does: %s', (text) => {
    expect(utcInstantMs(text)).toBe(Date.parse(text));
    expect(instantSchema.safeParse(text).success).toBe(true);
  });

  it.each([
    '2026-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T23:60:00Z', '2026-01-01T23:59:60Z',
    '2026-01-01 00:00:00Z', '2026-01-01T00:00:00.12Z', '2026-01-01T00:00:00.1x3Z', '2026-01-01T00:00:00,123Z', '2026-01-01T00:00:00+00:00', 'abcd-01-01T00:00:00Z', '2026-01-01T00:00:00', '', 'yesterday', '2026-01-01T0x:00:00Z',
  ])('that are not plain UTC times are left to Date: %s', (text) => {
    expect(utcInstantMs(text)).toBeUndefined();
    expect(instantMsOf(text)).toBe(Date.parse(text));
  });

  it('are written as Date does, and read back, over all years of four digits', () => {
    expect(days.length).toBeGreaterThan(2_000);
    for (const ms of days) {
      for (const near of [ms, ms + 1, ms + 59_999]) {
        const text = new Date(near).toISOString();
        expect(instantOf(near)).toBe(text);
        if (text.length === 24 && !text.startsWith('0000')) expect(utcInstantMs(text)).toBe(near);
      }
    }
  });

  it.each([0.5, 61_000.25, 61_000, -1, 253_402_300_800_000, -62_198_755_200_000, 1_760_000_000_000.9])('that are unusual are written as Date does: %d', (ms) => {
    for (const each of [ms, 61_000, ms]) expect(instantOf(each)).toBe(new Date(each).toISOString());
  });

  it('refuse what is no time, as Date does', () => {
    expect(() => instantOf(Number.NaN)).toThrow(RangeError);
    expect(() => instantOf(9e15)).toThrow(RangeError);
  });
});
