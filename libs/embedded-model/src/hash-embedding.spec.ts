import { describe, expect, it } from '@jest/globals';
import { fnv1a } from './fnv.js';
import { cosine, dotProduct, fitIdf, hashEmbedding } from './hash-embedding.js';
import { normalizeText, wordsOf } from './text.js';

/** The definition, word for word. */
const embeddingByDefinition = (text: string, dim: number): number[] => {
  const words = wordsOf(normalizeText(text));
  const runs = (word: string, length: number): string[] => Array.from({ length: Math.max(0, word.length - length + 1) }, (_, i) => word.slice(i, i + length));
  const grams = [...words, ...words.slice(1).map((word, i) => `${words[i] as string} ${word}`), ...words.flatMap((word) => [...runs(`^${word}$`, 3), ...runs(`^${word}$`, 4)])];
  const counts = new Map<number, number>();
  for (const hash of grams.map(fnv1a)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const vector = Array.from({ length: dim }, () => 0);
  for (const [hash, count] of counts) vector[hash % dim] = (vector[hash % dim] as number) + (hash >>> 31 === 1 ? -1 : 1) * (1 + Math.log(count));
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
};

describe('hashEmbedding', () => {
  it('uses the published FNV-1a', () => {
    // Test vectors of the FNV draft.
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('a')).toBe(0xe40c292c);
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
  });

  it('gives a unit vector of the asked length', () => {
    const vector = hashEmbedding('reset my password', 64);
    expect(vector).toHaveLength(64);
    expect(cosine(vector, vector)).toBeCloseTo(1, 6);
    expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
  });

  it.each([
    "Don't tell me it's the 2nd time, 'tis not!",
    'a b a b a b  again and again, and AGAIN',
    'Größe, “quoted” it’s ﬁne, naïve',
    '日本語の文 と words',
    "'",
    '',
    'x'.repeat(70) + ' xx '.repeat(900),
  ])('is what its definition says: %#', (text) => {
    const expected = embeddingByDefinition(text, 512);
    // Twice, so that what a text leaves behind would show.
    hashEmbedding('something else before it');
    const vector = hashEmbedding(text);
    expect(vector.every((value, i) => Math.abs(value - (expected[i] as number)) < 1e-6)).toBe(true);
    expect(dotProduct(vector, vector)).toBeCloseTo(cosine(vector, vector), 6);
  });

  it('puts a rewording nearer than another question', () => {
    const asked = hashEmbedding('how do I reset my password');
    expect(cosine(asked, hashEmbedding('please reset my password'))).toBeGreaterThan(cosine(asked, hashEmbedding('what is the weather in Paris')) + 0.3);
  });

  it('counts rare words more with idf', () => {
    const idf = fitIdf(['the card is lost', 'the card is late', 'the card is blue', 'the pin is lost']);
    const similarity = (options: object): number => cosine(hashEmbedding('the pin', 512, options), hashEmbedding('the card', 512, options));
    expect(similarity({ idf })).toBeLessThan(similarity({}));
  });

  it('gives zeros, and no similarity, for a text without words', () => {
    expect(cosine(hashEmbedding('?!'), hashEmbedding('word'))).toBe(0);
  });

  it('refuses lengths that are none and vectors that do not match', () => {
    expect(() => hashEmbedding('x', 0)).toThrow(/positive integer/u);
    expect(() => cosine([1], [1, 2])).toThrow(/different lengths/u);
  });
});
