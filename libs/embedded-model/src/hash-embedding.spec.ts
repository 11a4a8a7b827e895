import { describe, expect, it } from '@jest/globals';
import { fnv1a } from './fnv.js';
import { cosine, fitIdf, hashEmbedding } from './hash-embedding.js';

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
