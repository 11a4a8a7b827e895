import { describe, expect, it } from '@jest/globals';
import { FEATURE_SLOTS, featurize, MAX_TEXT_CHARS } from './featurize.js';

const asMap = (text: string): Map<number, number> => {
  const { slots, values } = featurize(text);
  return new Map([...slots].map((slot, i) => [slot, values[i] as number]));
};

describe('featurize', () => {
  it('gives a vector of unit length with each slot once, in range', () => {
    const { slots, values } = featurize('Where is my card? My card is not here');
    expect([...values].reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    expect(new Set(slots).size).toBe(slots.length);
    expect(Math.max(...slots)).toBeLessThan(FEATURE_SLOTS);
  });

  it('does not depend on letter case, runs of white space or earlier calls', () => {
    const first = asMap('cancel my order');
    featurize('something else entirely');
    expect(asMap('  Cancel\t my   ORDER ')).toEqual(first);
  });

  it('weighs a repeated n-gram by 1 + ln(count)', () => {
    const { values } = featurize('qq xy qq ab qq cd qq');
    // The word "qq" and its characters occur four times, "xy" once.
    expect(Math.max(...values) / Math.min(...values)).toBeCloseTo(1 + Math.log(4), 4);
  });

  it('tells word order apart, which single words would not', () => {
    expect(asMap('dog bites man')).not.toEqual(asMap('man bites dog'));
  });

  it('gives an empty vector for an empty text and reads no further than its limit', () => {
    expect(featurize('  ').slots).toHaveLength(0);
    const long = 'a'.repeat(MAX_TEXT_CHARS);
    expect(asMap(`${long}bcdefgh`)).toEqual(asMap(long));
  });

  it('reads other scripts', () => {
    expect(featurize('где моя карта').slots.length).toBeGreaterThan(10);
    expect(asMap('ｆｕｌｌ')).toEqual(asMap('full'));
  });
});
