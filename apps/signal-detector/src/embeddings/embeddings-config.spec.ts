import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../config.js';

const base = { KAFKA_BROKERS: 'localhost:9092' };
const embeddings = { baseUrl: 'http://localhost:8090/v1', model: 'small' };
const load = (env: Record<string, unknown>) => loadConfig({ ...base, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, JSON.stringify(value)])) });

describe('the configuration of embeddings', () => {
  test('compares by words and hashed n-grams where nothing else is set', () => {
    expect(load({}).DETECTION.similarity).toMatchObject({ embedding: 'hashed-512', cosine: 0.4 });
  });

  test("gives a sentence embedding the article's threshold, unless one is set for it", () => {
    expect(load({ EMBEDDINGS: embeddings }).DETECTION.similarity).toMatchObject({ embedding: 'embeddings/small', cosine: 0.8 });
    const similarity = { embedding: 'wire/small', cosine: 0.6 };
    expect(load({ EMBEDDINGS: { ...embeddings, name: 'wire' }, DETECTION: { similarity } }).DETECTION.similarity).toMatchObject(similarity);
  });

  test.each([
    [{ DETECTION: { similarity: { embedding: 'wire/small' } } }, /DETECTION.*"wire\/small", but EMBEDDINGS is not set/u],
    [{ EMBEDDINGS: embeddings, DETECTION: { similarity: { embedding: 'wire/small' } } }, /but EMBEDDINGS is "embeddings\/small"/u],
    [{ EMBEDDINGS: { ...embeddings, baseUrl: 'ftp://x' } }, /EMBEDDINGS\.baseUrl: give an http/u],
    [{ EMBEDDINGS: { baseUrl: embeddings.baseUrl } }, /EMBEDDINGS\.model/u],
  ])('refuses %j', (env, message) => {
    expect(() => load(env)).toThrow(message);
  });

  test('says how EMBEDDINGS is written', () => {
    expect(() => loadConfig({ ...base, EMBEDDINGS: 'text-embedding-3-small' })).toThrow(/EMBEDDINGS: is not JSON; write \{"baseUrl"/u);
  });
});
