import { describe, expect, test } from '@jest/globals';
import { commonPatterns } from './common-patterns.js';
import type { FailureItem } from './embed-failures.js';

type Item = Pick<FailureItem, 'query' | 'attributes'>;
const many = (count: number, make: (i: number) => Item): Item[] => Array.from({ length: count }, (_, i) => make(i));
const found = (items: readonly Item[], labels: readonly number[]) => commonPatterns({ items, labels, k: 2, limit: 8 });
const half = (n: number) => Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1));

describe('commonPatterns', () => {
  test('names words that set a cluster apart, with both shares, and not those that all have', () => {
    const items = [...many(40, (i) => ({ query: `shipping parcel ${i % 4 === 0 ? 'abroad' : 'home'}` })), ...many(40, () => ({ query: 'shipping invoice missing' }))];
    const [parcels = []] = found(items, half(40));
    expect(parcels[0]).toMatchObject({ kind: 'words', share: 1, shareElsewhere: 0, count: 40 });
    expect(parcels.some(({ pattern }) => pattern === 'shipping')).toBe(false);
    expect(parcels.map(({ pattern }) => pattern).join(' ')).toContain('parcel');
  });

  test('names attributes that set a cluster apart: values, lists of values, and ends of measures', () => {
    const items = [
      ...many(60, (i) => ({ query: 'same words', attributes: { version: i < 50 ? 'v2' : 'v1', locale: 'de', signal: i < 40 ? ['thumbs_down', 'correction'] : ['thumbs_down'], latencyMs: 5_000 + i } })),
      ...many(60, (i) => ({ query: 'same words', attributes: { version: i < 5 ? 'v2' : 'v1', locale: 'de', signal: ['thumbs_down'], latencyMs: 100 + i } })),
    ];
    const [here = [], there = []] = found(items, half(60));
    const names = here.map(({ kind, pattern }) => `${kind}: ${pattern}`);
    expect(names).toEqual(expect.arrayContaining(['attribute: version = v2', 'attribute: signal = correction', 'attribute: latencyMs >= 5030']));
    expect(names.join()).not.toMatch(/locale|thumbs_down/u);
    expect(here.find(({ pattern }) => pattern === 'version = v2')).toMatchObject({ share: 0.8333, shareElsewhere: 0.0833 });
    expect(there.map(({ pattern }) => pattern)).toEqual(expect.arrayContaining(['version = v1', 'latencyMs < 130']));
  });

  test('says nothing of a difference that chance explains, of what is rare in the cluster, or of an attribute that names single things', () => {
    const items = many(400, (i) => ({ query: i % 97 === 0 ? 'seldom' : 'often', attributes: { locale: i % 3 === 0 ? 'de' : 'en', session: `s${Math.floor(i / 2)}`, order: `o${i}` } }));
    const labels = items.map((_, i) => (i * 7) % 2);
    expect(found(items, labels).flat()).toEqual([]);
  });

  test('has nothing to compare a single cluster with', () => {
    expect(commonPatterns({ items: many(5, () => ({ query: 'parcel' })), labels: [0, 0, 0, 0, 0], k: 1, limit: 5 })).toEqual([[]]);
  });
});
