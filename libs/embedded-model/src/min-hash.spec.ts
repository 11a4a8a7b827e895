import { describe, expect, it } from '@jest/globals';
import { gramHashes, minHash } from './min-hash.js';

const SIZE = 512;
const agreement = (a: string, b: string): number => {
  const [one, other] = [a, b].map((text) => minHash(gramHashes(text, 5), SIZE)) as [Uint32Array, Uint32Array];
  return one.filter((hash, i) => hash === other[i]).length / SIZE;
};
const shared = (a: string, b: string): number => {
  const [one, other] = [gramHashes(a, 5), gramHashes(b, 5)];
  const common = [...one].filter((gram) => other.has(gram)).length;
  return common / (one.size + other.size - common);
};

describe('minHash', () => {
  it.each([
    ['how do I cancel my yearly plan before it renews', 'how do I cancel my monthly plan before it renews'],
    ['how do I cancel my yearly plan before it renews', 'where do I cancel the plan'],
    ['the radiator in the hall stays cold', 'what are your opening hours'],
  ])('estimates how much of their n-grams "%s" and "%s" share', (a, b) => {
    expect(Math.abs(agreement(a, b) - shared(a, b))).toBeLessThan(0.07);
  });

  it('keeps what is stored comparable: a text has the signature that it had', () => {
    expect([...minHash(gramHashes('cancel my plan', 5), 3)]).toEqual([482_994_784, 47_073_898, 236_627_234]);
  });

  it('has no n-grams of a text that is too short', () => {
    expect(gramHashes('four', 5).size).toBe(0);
  });
});
