import { describe, expect, it } from '@jest/globals';
import { LocalEmbeddingsClient, ProviderError } from '@ratchet/providers';
import type { EmbeddingsClient } from '@ratchet/providers';
import type { SuiteItem } from '../suites/suite-item.js';
import { InMemoryVectorCache } from './answer-cache.js';
import { cosineOf, scoreOfCosine, SimilarityScorer } from './similarity-scorer.js';

const scale = { threshold: 0.8, floor: 0.6 };
const signal = new AbortController().signal;
const item: SuiteItem = { itemId: 'i', suite: 'general', category: 'c', prompt: 'How do I pay?', expectation: { rule: 'same_answer', answer: 'Pay the invoice in the billing page.' } };

class CountingClient implements EmbeddingsClient {
  readonly description = 'p/m';
  readonly asked: string[] = [];
  private readonly local = new LocalEmbeddingsClient();
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    this.asked.push(...texts);
    return this.local.embed(texts);
  }
}
const scores = async (scorer: SimilarityScorer, ...contents: string[]): Promise<(number | null)[]> => (await scorer.score(item, contents.map((content, i) => ({ versionId: `v${i}`, content })), signal)).map(({ score }) => score);

describe('scoreOfCosine', () => {
  it.each([[1, 1], [0.8, 1], [0.7, 0.5], [0.65, 0.25], [0.6, 0], [-1, 0]])('makes %d a score of %d', (cosine, score) => {
    expect(scoreOfCosine(cosine, scale)).toBeCloseTo(score, 10);
  });

  it('knows right and wrong alone where floor and threshold are the same', () => {
    expect([0.79, 0.8].map((cosine) => scoreOfCosine(cosine, { threshold: 0.8, floor: 0.8 }))).toEqual([0, 1]);
  });
});

describe('cosineOf', () => {
  it('does not compare what has no direction, or another length', () => {
    expect(cosineOf(Float32Array.of(1, 0), Float32Array.of(0, 0))).toBeUndefined();
    expect(cosineOf(Float32Array.of(1, 0), Float32Array.of(1))).toBeUndefined();
    expect(cosineOf(Float32Array.of(3, 4), Float32Array.of(6, 8))).toBeCloseTo(1, 6);
  });
});

describe('SimilarityScorer', () => {
  it('scores the same words high, others low, and nothing as nothing', async () => {
    const scorer = new SimilarityScorer(new CountingClient(), new InMemoryVectorCache(), scale);
    const [same, other, empty] = await scores(scorer, 'Pay the invoice in the billing page.', 'Zebras live on savannas.', ' ');
    expect([same, other, empty]).toEqual([1, 0, 0]);
  });

  it('embeds a text once, over all judgements', async () => {
    const [client, vectors] = [new CountingClient(), new InMemoryVectorCache()];
    const first = await scores(new SimilarityScorer(client, vectors, scale), 'Pay online.', 'Pay online.');
    const second = await scores(new SimilarityScorer(client, vectors, scale), 'Pay online.', 'Pay online.');
    expect(second).toEqual(first);
    expect(client.asked.toSorted()).toEqual(['Pay online.', 'Pay the invoice in the billing page.']);
  });

  it.each([['connection', 'model_away'], ['refused', 'model_failed']] as const)('gives no score where the embeddings fail (%s)', async (code, fault) => {
    const client: EmbeddingsClient = { description: 'p/m', embed: async () => Promise.reject(new ProviderError({ code, provider: 'p', message: 'scripted' })) };
    const scored = await new SimilarityScorer(client, new InMemoryVectorCache(), scale).score(item, [{ versionId: 'v1', content: 'x' }], signal);
    expect(scored).toEqual([{ score: null, reasons: [], fault }]);
  });
});
