import { describe, expect, it } from '@jest/globals';
import { type DiffPart, wordDiff } from './word-diff';

const side = (parts: readonly DiffPart[], kind: DiffPart['kind']): string => parts.filter((part) => part.kind === 'same' || part.kind === kind).map(({ text }) => text).join('');

describe('wordDiff', () => {
  it('finds the words that were taken out and put in', () => {
    expect(wordDiff('Open the red door now', 'Open the blue door')).toEqual([
      { kind: 'same', text: 'Open the ' },
      { kind: 'removed', text: 'red' },
      { kind: 'added', text: 'blue' },
      { kind: 'same', text: ' door' },
      { kind: 'removed', text: ' now' },
    ]);
  });

  it('gives both texts again, whatever they are', () => {
    const texts = ['', 'a', '  a  b\n c', 'a b c a b c', 'c b a', '<script>alert(1)</script>', '😀 😀‍🔥 é', 'word '.repeat(900)];
    for (const before of texts) {
      for (const after of texts) {
        const parts = wordDiff(before, after);
        expect([side(parts, 'removed'), side(parts, 'added')]).toEqual([before, after]);
      }
    }
  });

  it('has nothing to say of equal texts', () => {
    expect(wordDiff('as it was', 'as it was')).toEqual([{ kind: 'same', text: 'as it was' }]);
  });
});
