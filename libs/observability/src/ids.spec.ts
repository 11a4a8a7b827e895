import { describe, expect, it } from '@jest/globals';
import { derivedId, newEventId } from './ids.js';

describe('ids', () => {
  it('makes event ids that sort by time and carry version 7', () => {
    const early = newEventId(1_700_000_000_000);
    const late = newEventId(1_700_000_000_001);
    expect(early < late).toBe(true);
    expect(early[14]).toBe('7');
    expect(newEventId(5)).not.toBe(newEventId(5));
  });

  it('makes no id twice, however many are asked for in one millisecond', () => {
    const ids = Array.from({ length: 2_000 }, () => newEventId(5));
    expect(new Set(ids.map((id) => id.slice(15))).size).toBe(2_000);
  });

  it('derives the same id from the same parts, and keeps parts apart', () => {
    expect(derivedId('a', 1, 2n)).toBe(derivedId('a', '1', '2'));
    expect(derivedId('ab', 'c')).not.toBe(derivedId('a', 'bc'));
    expect(derivedId('x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
