// Goal: the comparisons see what they are there for, before anything else trusts them.
import { describe, expect, it } from '@jest/globals';
import { compareItems, compareNumbers } from './comparison.js';

describe('compareItems', () => {
  it('takes the same items in another order for equal', () => {
    expect(compareItems('x', { expected: ['a', 'b', 'b'], actual: ['b', 'a', 'b'] })).toEqual({ name: 'x', compared: 3, differences: [] });
  });

  it.each([
    ['is missing', ['a', 'b'], ['a'], '1 missing or too rare: b'],
    ['is there twice', ['a', 'b'], ['a', 'b', 'b'], '1 never expected or too often: b'],
    ['is there once in place of twice', ['a', 'a'], ['a'], '1 missing or too rare: a'],
    ['was never expected', ['a'], ['a', 'c'], '1 never expected or too often: c'],
  ])('says when an item %s', (_when, expected, actual, difference) => {
    expect(compareItems('x', { expected, actual }).differences).toEqual([difference]);
  });
});

describe('compareNumbers', () => {
  it('says which numbers differ, and which stand on one side alone', () => {
    expect(compareNumbers('x', { expected: { a: 1, b: 2 }, actual: { a: 1, b: 3, c: 4 } }).differences).toEqual(['2 numbers differ: b: 2 expected, 3 found | c: none expected, 4 found']);
    expect(compareNumbers('x', { expected: { a: 1 }, actual: { a: 1 } }).differences).toEqual([]);
  });
});
