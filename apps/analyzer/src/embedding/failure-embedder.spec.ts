import { describe, expect, it } from '@jest/globals';
import { LocalEmbeddingsClient, type EmbeddingsClient } from '@ratchet/providers';
import { blend, FailureEmbedder, type EmbeddingCache } from './failure-embedder.js';
import type { ClusterPage } from '../analysis/clustering.port.js';
import type { Failure } from '../analysis/failure.js';

const failure = (interactionId: string, query: string, response: string, more: Partial<Failure> = {}): Failure => ({ interactionId, conversationId: 'c', version: 'v1', query, response, severity: 0.5, signals: [], reasons: [], comments: [], ...more });

class MemoryCache implements EmbeddingCache {
  readonly kept = new Map<string, Float32Array>();
  load(embedding: string, hashes: readonly string[]): Promise<Map<string, Float32Array>> {
    return Promise.resolve(new Map(hashes.flatMap((hash) => { const vector = this.kept.get(`${embedding} ${hash}`); return vector === undefined ? [] : [[hash, vector] as const]; })));
  }
  save(embedding: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [hash, vector] of vectors) this.kept.set(`${embedding} ${hash}`, vector);
    return Promise.resolve();
  }
}

const counting = (failAfter = Number.POSITIVE_INFINITY): { client: EmbeddingsClient; asked: string[] } => {
  const asked: string[] = [];
  const local = new LocalEmbeddingsClient();
  const embed = (texts: readonly string[]): Promise<Float32Array[]> => {
    if (asked.length >= failAfter) return Promise.reject(new Error('the provider is away'));
    asked.push(...texts);
    return local.embed(texts);
  };
  return { asked, client: { description: 'counting', embed } };
};
const read = async (embedder: FailureEmbedder, failures: Failure[]): Promise<ClusterPage[]> => {
  const pages: ClusterPage[] = [];
  for await (const page of embedder.embed(failures).pages) pages.push(page);
  return pages;
};

describe('FailureEmbedder', () => {
  it('leaves the vectors to the clustering where no provider is configured, and says what else is known of a failure', async () => {
    const embedder = new FailureEmbedder(undefined, new MemoryCache());
    const pages = await read(embedder, [failure('a', 'one', 'two', { attributes: { locale: 'de' }, signals: [{ name: 'thumbs_down', strength: 1, evidence: {} }], reasons: ['incorrect'] })]);
    expect(pages).toEqual([{ items: [{ id: 'a', query: 'one', response: 'two', attributes: { locale: 'de', version: 'v1', signal: ['thumbs_down'], reason: ['incorrect'] } }] }]);
    expect(embedder.description).toBe('local/hashed-ngrams-idf');
  });

  it('embeds each different text once, and gives every failure a unit vector', async () => {
    const { client, asked } = counting();
    const [page] = await read(new FailureEmbedder(client, new MemoryCache()), [failure('a', 'stop the heating', 'no idea'), failure('b', 'stop the heating', 'no idea'), failure('c', '', 'no idea')]);
    expect(asked.sort()).toEqual(['no idea', 'stop the heating']);
    const dims = (page?.vectors?.length ?? 0) / 3;
    for (let i = 0; i < 3; i += 1) expect(Math.hypot(...(page?.vectors?.subarray(i * dims, (i + 1) * dims) ?? []))).toBeCloseTo(1);
  });

  it('asks the next day for new texts only', async () => {
    const cache = new MemoryCache();
    const days = Array.from({ length: 4_500 }, (_, i) => failure(`i${i}`, `request ${i}`, 'no idea'));
    const first = counting();
    const pages = await read(new FailureEmbedder(first.client, cache), days);
    expect(pages.map(({ items }) => items.length)).toEqual([2_000, 2_000, 500]);
    expect(first.asked).toHaveLength(4_501);
    const next = counting();
    const again = await read(new FailureEmbedder(next.client, cache), [...days, failure('new', 'another request', 'no idea')]);
    expect(next.asked).toEqual(['another request']);
    expect(again[0]?.vectors).toEqual(pages[0]?.vectors);
  });

  it('keeps what a provider sent before it failed', async () => {
    const cache = new MemoryCache();
    const { client } = counting(512);
    await expect(read(new FailureEmbedder(client, cache), Array.from({ length: 600 }, (_, i) => failure(`i${i}`, `request ${i}`, `reply ${i}`)))).rejects.toThrow('away');
    expect(cache.kept.size).toBe(512);
  });

  it('lets the request weigh more than the reply', () => {
    const [query = 0, response = 0] = blend([1, 0], [0, 1]);
    expect(query).toBeGreaterThan(response);
    expect(response).toBeGreaterThan(0);
  });
});
