import { describe, expect, it } from '@jest/globals';
import { similarityPermille, trigramBits } from './trigram-bits.js';

/** As bench/reference-job.md says it, by strings and sets. */
const bitsBySpecification = (text: string): number[] => {
  const units = [...text.split('')].map((unit) => (unit >= 'A' && unit <= 'Z' ? unit.toLowerCase() : unit)).map((unit) => (unit.charCodeAt(0) >= 128 || /[a-z0-9]/.test(unit) ? unit : ' '));
  const words = units.join('').replace(/ +/g, ' ').trim();
  const padded = words === '' ? '' : ` ${words} `;
  const bits = new Set<number>();
  for (let i = 0; i + 3 <= padded.length; i += 1) {
    let hash = 0x811c9dc5n;
    for (const unit of padded.slice(i, i + 3).split('')) hash = ((hash ^ BigInt(unit.charCodeAt(0))) * 0x01000193n) & 0xffffffffn;
    bits.add(Number((hash ^ (hash >> 15n)) & 1023n));
  }
  return [...bits].sort((a, b) => a - b);
};
const bitsOf = (text: string): number[] => {
  const bits = trigramBits(text);
  return Array.from({ length: 1_024 }, (_, bit) => bit).filter((bit) => ((bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1);
};
const similarity = (a: string, b: string): number => similarityPermille(trigramBits(a), trigramBits(b));

describe('trigramBits', () => {
  it.each(['', '  ?! ', 'a', 'Where is my parcel?', '  Where   is\tmy -- PARCEL ', "don't", 'Öffnungszeiten: 9–17 Uhr', '我的包裹在哪里', 'a\u0000b', '👍 ok'])('sets the bits of the specification for %j', (text) => {
    expect(bitsOf(text)).toEqual(bitsBySpecification(text));
  });

  it('does not tell texts apart by case, marks and blanks', () => {
    expect(bitsOf('Where is my parcel?')).toEqual(bitsOf(' where  IS my--parcel'));
  });
});

describe('similarityPermille', () => {
  it('is 1000 for the same text, 0 for texts that share nothing or have no letter', () => {
    expect(similarity('where is my parcel', 'Where is my parcel?')).toBe(1_000);
    expect(similarity('abc', 'xyz')).toBe(0);
    expect(similarity('', '?')).toBe(0);
  });

  it('rounds shared over all to thousandths, half up', () => {
    const withBits = (count: number): Int32Array => Int32Array.from({ length: 32 }, (_, word) => (word * 32 + 32 <= count ? -1 : word * 32 < count ? (2 ** (count - word * 32) - 1) | 0 : 0));
    expect(similarityPermille(withBits(1), withBits(3))).toBe(333);
    expect(similarityPermille(withBits(2), withBits(3))).toBe(667);
    expect(similarityPermille(withBits(1), withBits(16))).toBe(63);
    expect(similarityPermille(withBits(1_024), withBits(1_024))).toBe(1_000);
  });

  it('is above one half for the same request in other words, and below for another request', () => {
    expect(similarity('how do I return my broken kettle', 'how can I return a broken kettle')).toBeGreaterThan(500);
    expect(similarity('how do I return my broken kettle', 'which kettles come in blue')).toBeLessThan(500);
  });
});
