import { describe, expect, it } from '@jest/globals';
import { chooseTestIds, hashShare, type Splittable } from './split.js';

const rows = (answerKey: string, count: number, mayTest = true): Splittable[] => Array.from({ length: count }, (_, i) => ({ exampleId: `${answerKey}-${i}`, answerKey, mayTest }));

describe('chooseTestIds', () => {
  it('gives every answer with five examples or more a fifth of them, at least one', () => {
    for (const count of [5, 6, 7, 12, 40]) {
      const test = chooseTestIds(rows('answer', count));
      expect(test.size).toBe(Math.max(1, Math.round(count / 5)));
    }
  });

  it('puts about a fifth of many small answers into the test rows', () => {
    const test = chooseTestIds(Array.from({ length: 500 }, (_, i) => rows(`answer${i}`, 3)).flat());
    expect(test.size / 1_500).toBeGreaterThan(0.15);
    expect(test.size / 1_500).toBeLessThan(0.25);
  });

  it('depends on the ids alone, not on their order', () => {
    const some = rows('answer', 30);
    expect([...chooseTestIds([...some].reverse())].sort()).toEqual([...chooseTestIds(some)].sort());
  });

  it('never tests on derived rows, and never takes all rows of an answer', () => {
    const mixed = [...rows('derived', 20, false), ...rows('direct', 3)];
    expect([...chooseTestIds(mixed)].some((id) => id.startsWith('derived'))).toBe(false);
    for (let i = 0; i < 50; i += 1) expect(chooseTestIds(rows(`single${i}`, 1)).size).toBe(0);
  });

  it('hashes evenly', () => {
    const shares = Array.from({ length: 2_000 }, (_, i) => hashShare(`id-${i}`));
    expect(shares.filter((share) => share < 0.2).length / shares.length).toBeCloseTo(0.2, 1);
  });
});
