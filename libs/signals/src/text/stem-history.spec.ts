import { describe, expect, test } from '@jest/globals';
import { largestOverlap, NO_HISTORY, overlapsWith, withStems } from './stem-history.js';
import { NO_STEMS, overlapOf } from './stem-set.js';
import { profileOf } from './text-profile.js';

const setOf = (text: string): string => profileOf(text, 'user').content;

describe('a history of stem sets', () => {
  test('compares a set with each, the oldest first, as with the sets themselves', () => {
    const sets = ['red kettle parcel', '', 'invoice lamp kettle', 'parcel'].map(setOf);
    let history = NO_HISTORY;
    sets.forEach((stems, i) => (history = withStems(history, { stems, marked: i === 2, max: 4 })));
    const asked = setOf('the red parcel and the lamp');
    expect(overlapsWith(history, asked)).toEqual(sets.map((set, i) => ({ overlap: overlapOf(set, asked), marked: i === 2 })));
    expect(largestOverlap(history, asked)).toBe(2 / 4);
    expect(largestOverlap(history, setOf('nothing like it'))).toBe(0);
    expect(largestOverlap(history, NO_STEMS)).toBe(0);
    expect([overlapsWith(NO_HISTORY, asked), largestOverlap(NO_HISTORY, asked)]).toEqual([[], 0]);
  });

  test('forgets the oldest where there are more than it may hold', () => {
    let history = NO_HISTORY;
    for (const word of ['one kettle', 'parcel', 'invoice', 'lamp', 'chair']) history = withStems(history, { stems: setOf(word), max: 3 });
    expect(['kettle', 'parcel', 'invoice', 'lamp', 'chair'].map((word) => largestOverlap(history, setOf(word)))).toEqual([0, 0, 1, 1, 1]);
  });

  test('has room for as many of the longest texts as are ever kept', () => {
    const long = setOf(Array.from({ length: 1_000 }, (_, i) => `${(i * 7_919).toString(36)}`).join(' '));
    let history = NO_HISTORY;
    for (let i = 0; i < 20; i += 1) history = withStems(history, { stems: long, max: 8 });
    expect(overlapsWith(history, long)).toEqual(Array.from({ length: 8 }, () => ({ overlap: 1, marked: false })));
  });
});
