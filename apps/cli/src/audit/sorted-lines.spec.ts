import { describe, expect, it } from '@jest/globals';
import { SortedLines } from './sorted-lines.js';

const sorted = (lines: readonly (readonly [number, string])[]): string[] => {
  const all = new SortedLines();
  try {
    for (const [sequence, line] of lines) all.add(sequence, line);
    return [...all.lines()];
  } finally {
    all.remove();
  }
};

describe('lines by their sequence', () => {
  it('are in order, whatever order they come in, and are the texts that they were', () => {
    expect(sorted([[3, 'c\n'], [1, 'ä\n'], [2, '\u{1F600}\n']])).toEqual(['ä\n', '\u{1F600}\n', 'c\n']);
    expect(sorted([])).toEqual([]);
  });

  it('come once where they are told again, and both where they differ', () => {
    expect(sorted([[2, 'b'], [1, 'a'], [2, 'x'], [2, 'b'], [1, 'a']])).toEqual(['a', 'b', 'x']);
  });

  it('are many', () => {
    const count = 5_000;
    expect(sorted(Array.from({ length: count }, (_, i) => [count - i, `line ${count - i}`] as const))).toEqual(Array.from({ length: count }, (_, i) => `line ${i + 1}`));
  });
});
