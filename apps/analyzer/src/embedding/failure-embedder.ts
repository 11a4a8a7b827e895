import { createHash } from 'node:crypto';
import type { EmbeddingsClient } from '@ratchet/providers';
import type { ClusterItem, ClusterPage } from '../analysis/clustering.port.js';
import type { Failure } from '../analysis/failure.js';

/** The request says what failed; the reply, often one of few, only how. */
const QUERY_WEIGHT = 0.8;
const RESPONSE_WEIGHT = 0.2;
/** Longer texts are cut before they are embedded: embedding models read no more. */
const EMBEDDED_CHARS_MAX = 2_000;
/** The clustering's own embedding, with idf of the failures at hand. */
const LOCAL_EMBEDDING = 'local/hashed-ngrams-idf';
const PAGE = 2_000;
/** What a provider has sent is kept after so many texts, so that an analysis that fails does not pay for them again. */
const KEPT_EVERY = 512;

/** Vectors of texts that were embedded before, by the SHA-256 of the text in hexadecimal. */
export interface EmbeddingCache {
  load(embedding: string, hashes: readonly string[]): Promise<Map<string, Float32Array>>;
  save(embedding: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

export interface Embedded {
  readonly pages: AsyncIterable<ClusterPage>;
  /** Names the embedding, so that centroids of different ones are never compared. */
  readonly embedding: string;
}

const cut = (text: string): string => text.slice(0, EMBEDDED_CHARS_MAX);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Weighted sum of two unit vectors, brought to unit length again. */
export const blend = (query: ArrayLike<number>, response: ArrayLike<number>): number[] => {
  const mixed = Array.from(query, (value, i) => QUERY_WEIGHT * value + RESPONSE_WEIGHT * (response[i] ?? 0));
  const length = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? mixed : mixed.map((value) => value / length);
};

/** A failure with all that may set a cluster apart: the product's attributes, the version, what was noticed, and the reasons that users gave. */
const itemOf = ({ interactionId, query, response, version, signals, reasons, attributes }: Failure): ClusterItem => ({
  id: interactionId,
  query: cut(query),
  response: cut(response),
  attributes: { ...attributes, version, signal: signals.map(({ name }) => name), reason: reasons },
});

/** Query and response of each failure as one vector, from a provider where one is configured: each text is embedded once, also over many analyses. */
export class FailureEmbedder {
  constructor(
    private readonly client: EmbeddingsClient | undefined,
    private readonly cache: EmbeddingCache,
  ) {}

  get description(): string {
    return this.client?.description ?? LOCAL_EMBEDDING;
  }

  /** Nothing is embedded before the pages are read; a failure of the provider comes out there. */
  embed(failures: readonly Failure[]): Embedded {
    return { pages: this.pagesOf(failures), embedding: this.description };
  }

  private async *pagesOf(failures: readonly Failure[]): AsyncGenerator<ClusterPage> {
    for (let start = 0; start < failures.length; start += PAGE) {
      const items = failures.slice(start, start + PAGE).map(itemOf);
      yield this.client === undefined ? { items } : { items, vectors: await this.vectorsOf(items, this.client) };
    }
  }

  private async vectorsOf(items: readonly ClusterItem[], client: EmbeddingsClient): Promise<Float32Array<ArrayBuffer>> {
    // Replies repeat, and so do queries.
    const texts = new Map(items.flatMap(({ query, response }) => [query, response]).filter((text) => text.trim() !== '').map((text) => [text, hashOf(text)]));
    const known = await this.cache.load(client.description, [...texts.values()]);
    const missing = [...texts].filter(([, hash]) => !known.has(hash));
    for (let start = 0; start < missing.length; start += KEPT_EVERY) {
      const some = missing.slice(start, start + KEPT_EVERY);
      const vectors = await client.embed(some.map(([text]) => text));
      const fresh = new Map(some.map(([, hash], i) => [hash, vectors[i] ?? new Float32Array()]));
      await this.cache.save(client.description, fresh);
      for (const [hash, vector] of fresh) known.set(hash, vector);
    }
    const dims = Math.max(1, ...[...known.values()].map(({ length }) => length));
    const empty = new Float32Array(dims);
    const of = (text: string): Float32Array => known.get(texts.get(text) ?? '') ?? empty;
    const page = new Float32Array(items.length * dims);
    items.forEach(({ query, response }, i) => page.set(blend(of(query), of(response)), i * dims));
    return page;
  }
}
