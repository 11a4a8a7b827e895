import { describe, expect, it } from '@jest/globals';
import { LocalEmbeddingsClient, type EmbeddingsClient } from '@ratchet/providers';
import { blend, FailureEmbedder } from './failure-embedder.js';
import type { Failure } from '../analysis/failure.js';

const failure = (interactionId: string, query: string, response: string): Failure => ({ interactionId, conversationId: 'c', version: 'v1', query, response, severity: 0.5, signals: [], reasons: [], comments: [] });

describe('FailureEmbedder', () => {
  it('leaves the vectors to the clustering where no provider is configured', async () => {
    const { items, embedding } = await new FailureEmbedder(undefined).embed([failure('a', 'one', 'two')]);
    expect(items).toEqual([{ id: 'a', query: 'one', response: 'two' }]);
    expect(embedding).toBe('local/hashed-ngrams-idf');
  });

  it('embeds each different text once, and gives every failure a unit vector', async () => {
    const asked: string[] = [];
    const local = new LocalEmbeddingsClient();
    const client: EmbeddingsClient = { description: 'counting', embed: (texts) => { asked.push(...texts); return local.embed(texts); } };
    const { items, embedding } = await new FailureEmbedder(client).embed([failure('a', 'stop the heating', 'no idea'), failure('b', 'stop the heating', 'no idea'), failure('c', '', 'no idea')]);
    expect(asked.sort()).toEqual(['no idea', 'stop the heating']);
    expect(embedding).toBe('counting');
    for (const { vector } of items) expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1);
  });

  it('lets the request weigh more than the reply', () => {
    const [query = 0, response = 0] = blend([1, 0], [0, 1]);
    expect(query).toBeGreaterThan(response);
    expect(response).toBeGreaterThan(0);
  });
});
