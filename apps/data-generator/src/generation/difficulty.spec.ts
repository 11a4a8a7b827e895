import { describe, expect, it } from '@jest/globals';
import { centreOf, difficultyOf } from './difficulty.js';

describe('difficultyOf', () => {
  const at = (closeness: number): number[] => [closeness, Math.sqrt(1 - closeness ** 2)];
  it.each([
    ['short and typical', 'end my plan', 0.9, 'easy'],
    ['typical but not short', Array(20).fill('word').join(' '), 0.9, 'medium'],
    ['neither near nor far', 'end my plan', 0.4, 'medium'],
    ['far from the others', 'end my plan', 0.2, 'hard'],
    ['long', Array(30).fill('word').join(' '), 0.9, 'hard'],
  ] as const)('calls what is %s %s', (_, input, closeness, expected) => {
    expect(difficultyOf({ input, vector: at(closeness), centre: [1, 0] })).toBe(expected);
  });

  it('takes the mean as the centre', () => {
    expect([...centreOf([[1, 0], [0, 1]])]).toEqual([0.5, 0.5]);
  });
});
