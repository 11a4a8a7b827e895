import { describe, expect, it } from '@jest/globals';
import { assertExactlyOnce, assertNoDuplicates, assertNoGaps } from './invariants.js';

describe('assertNoDuplicates', () => {
  it('accepts different items and none', () => {
    expect(() => assertNoDuplicates([3, 1, 2])).not.toThrow();
    expect(() => assertNoDuplicates([])).not.toThrow();
  });

  it('names what is repeated, once', () => {
    expect(() => assertNoDuplicates(['a', 'b', 'a', 'a'])).toThrow('1 of 4 items occur more than once: a');
  });
});

describe('assertNoGaps', () => {
  it('accepts numbers that rise by one', () => {
    expect(() => assertNoGaps([7, 8, 9])).not.toThrow();
    expect(() => assertNoGaps([])).not.toThrow();
  });

  it.each([
    { numbers: [0, 1, 3], says: 'item 2 is 3 in place of 2' },
    { numbers: [0, 1, 1], says: 'item 2 is 1 in place of 2' },
    { numbers: [0, 2, 1], says: 'item 1 is 2 in place of 1' },
  ])('refuses $numbers', ({ numbers, says }) => {
    expect(() => assertNoGaps(numbers)).toThrow(says);
  });

  it('refuses a sequence that begins elsewhere', () => {
    expect(() => assertNoGaps([1, 2], { from: 0 })).toThrow('item 0 is 1 in place of 0');
  });
});

describe('assertExactlyOnce', () => {
  it('accepts the same items in another order', () => {
    expect(() => assertExactlyOnce({ expected: ['a', 'b'], actual: ['b', 'a'] })).not.toThrow();
  });

  it('says what is missing, unexpected and repeated', () => {
    expect(() => assertExactlyOnce({ expected: ['a', 'b'], actual: ['b', 'b', 'c'] })).toThrow('of 2 expected items: 1 missing: a; 1 unexpected: c; 1 more than once: b');
  });

  it('shows a few items of many', () => {
    const expected = Array.from({ length: 9 }, (_, i) => `i${i}`);
    expect(() => assertExactlyOnce({ expected, actual: [] })).toThrow('9 missing: i0, i1, i2, i3, i4 and 4 more');
  });
});
