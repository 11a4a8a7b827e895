import { describe, expect, it } from '@jest/globals';
import { trendInWords } from './trend';

describe('a trend in words', () => {
  it.each([
    [{ lastWeek: 15, weekBefore: 10 }, '▲ 15 after 10 (+50 %)'],
    [{ lastWeek: 5, weekBefore: 10 }, '▼ 5 after 10 (−50 %)'],
    [{ lastWeek: 3, weekBefore: 3 }, '= 3 after 3 (+0 %)'],
    [{ lastWeek: 3, weekBefore: 0 }, '▲ 3 after 0'],
    [undefined, '–'],
  ])('%j is %s', (trend, words) => {
    expect(trendInWords(trend)).toBe(words);
  });
});
