import type { EmbeddingsClient } from '@ratchet/providers';
import type { ClusterItem } from '../analysis/clustering.port.js';
import type { Failure } from '../analysis/failure.js';

/** The request says what failed; the reply, often one of few, only how. */
const QUERY_WEIGHT = 0.8;
const RESPONSE_WEIGHT = 0.2;
/** Longer texts are cut before they are embedded: embedding models read no more. */
const EMBEDDED_CHARS_MAX = 2_000;
/** The clustering's own embedding, with idf of the failures at hand. */
const LOCAL_EMBEDDING = 'local/hashed-ngrams-idf';

export interface Embedded {
  readonly items: readonly ClusterItem[];
  /** Names the embedding, so that centroids of different ones are never compared. */
  readonly embedding: string;
}

const cut = (text: string): string => text.slice(0, EMBEDDED_CHARS_MAX);

/** Weighted sum of two unit vectors, brought to unit length again. */
export const blend = (query: ArrayLike<number>, response: ArrayLike<number>): number[] => {
  const mixed = Array.from(query, (value, i) => QUERY_WEIGHT * value + RESPONSE_WEIGHT * (response[i] ?? 0));
  const length = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? mixed : mixed.map((value) => value / length);
};

/** Query and response of each failure as one vector, from a provider where one is configured. */
export class FailureEmbedder {
  constructor(private readonly client: EmbeddingsClient | undefined) {}

  get description(): string {
    return this.client?.description ?? LOCAL_EMBEDDING;
  }

  async embed(failures: readonly Failure[]): Promise<Embedded> {
    const items = failures.map(({ interactionId, query, response }): ClusterItem => ({ id: interactionId, query: cut(query), response: cut(response) }));
    if (!this.client || items.length === 0) return { items, embedding: this.description };
    // Replies repeat, and so do queries: each text is embedded once.
    const texts = [...new Set(items.flatMap(({ query, response }) => [query, response]))].filter((text) => text.trim() !== '');
    const vectors = await this.client.embed(texts);
    const byText = new Map(texts.map((text, i) => [text, vectors[i] ?? new Float32Array()]));
    const empty = new Float32Array(vectors[0]?.length ?? 0);
    return {
      items: items.map((item) => ({ ...item, vector: blend(byText.get(item.query) ?? empty, byText.get(item.response) ?? empty) })),
      embedding: this.description,
    };
  }
}
