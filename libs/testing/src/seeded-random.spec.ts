import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './seeded-random.js';

describe('seededRandom', () => {
  it('gives the same again for the same seed, and other numbers for another', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20 }, seededRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('reaches both ends of a range, and nothing beyond', () => {
    const random = seededRandom(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
    expect([...drawn].sort()).toEqual([3, 4, 5]);
  });

  it('forks without moving what the parts draw', () => {
    const [one, other] = [seededRandom(1), seededRandom(1)];
    const [first, second] = [one.fork(), other.fork()];
    for (let i = 0; i < 10; i += 1) first.next();
    expect(one.next()).toBe(other.next());
    expect(second.next()).not.toBe(first.next());
  });
});
