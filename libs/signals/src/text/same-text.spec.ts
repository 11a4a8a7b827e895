import { describe, expect, test } from '@jest/globals';
import { isSameText } from './same-text.js';

describe('isSameText', () => {
  test.each([
    ['Where is it?', 'where is it', true],
    ['  where,  is it!', 'Where is it', true],
    ['', '?!', true],
    ["don't", 'don t', true],
    ["don't", 'dont', false],
    ['where is it', 'where is it now', false],
    ['ab c', 'a bc', false],
    ['a', ' a…', true],
    ['Café?', 'café', true],
    ['cafe', 'café', false],
    ['ab é', 'abc', false],
    ['ab', 'ab é', false],
    ['東京', '東京。', true],
    ['x', 'x, and far more words than this', false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(isSameText(a, b)).toBe(same);
    expect(isSameText(b, a)).toBe(same);
  });

  test('is the comparison of words in lower case, whatever stands between them', () => {
    const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
    const parts = ['a', 'B', 'é', ' ', ',', "'", '😀', '1', 'İ', '東'];
    let seed = 5;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 4_294_967_296) * below);
    };
    const text = (): string => Array.from({ length: next(5) }, () => parts[next(parts.length)]).join('');
    let same = 0;
    for (let i = 0; i < 20_000; i += 1) {
      const [a, b] = [text(), text()];
      const expected = plain(a) === plain(b);
      same += expected ? 1 : 0;
      expect(isSameText(a, b)).toBe(expected);
    }
    expect(same).toBeGreaterThan(500);
  });
});
