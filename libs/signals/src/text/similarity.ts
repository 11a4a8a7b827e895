import { cosine, dotProduct, EMBEDDING_DIM, hashEmbedding } from '@ratchet/embedded-model';
import { HASHED_SIMILARITY, type SignalsConfig } from '../config.js';
import { overlapOf } from './stem-set.js';
import { hasMark, type TextEmbedding, type TextProfile } from './text-profile.js';

/** Both similarities of two messages, each 0 to 1. */
export interface Similarity {
  readonly cosine: number;
  readonly overlap: number;
  /** 0 where they are not alike, else 0.5 at the thresholds up to 1 for the same text. */
  readonly strength: number;
}

/** Vectors that nobody needs any more; making a new one costs as much as filling it. */
const spareVectors: Float32Array[] = [];
const SPARE_VECTORS_MAX = 16;
/** Vectors of other embeddings, which may be costly to compute. */
const VECTORS_KEPT_MAX = 10_000;

export const HASHED_EMBEDDING: TextEmbedding = {
  name: HASHED_SIMILARITY.embedding,
  embed: (text) => hashEmbedding(text, EMBEDDING_DIM, { into: spareVectors.pop() }),
};

/** Compares messages by their words first, and embeds only where these leave the answer open: most follow-ups share no content word at all. */
export class MessageComparer {
  readonly #config: SignalsConfig['similarity'];
  readonly #embedding: TextEmbedding;
  readonly #byWords: boolean;
  readonly #vectors = new Map<string, Float32Array>();

  constructor({ config, embedding }: { config: SignalsConfig; embedding: TextEmbedding }) {
    this.#config = config.similarity;
    this.#embedding = embedding;
    this.#byWords = embedding.name === HASHED_SIMILARITY.embedding;
  }

  similarity(a: TextProfile, b: TextProfile): Similarity {
    const overlap = overlapOf(a.content, b.content);
    return this.similarityOfTexts(a.text, b.text, { overlap, beyondAscii: hasMark(a, 'beyondAscii') || hasMark(b, 'beyondAscii') });
  }

  /** `beyondAscii`: one of them has letters of scripts that may not set words apart, so that words decide nothing. */
  similarityOfTexts(a: string, b: string, { overlap, beyondAscii }: { overlap: number; beyondAscii: boolean }): Similarity {
    if (this.#byWords && !beyondAscii && overlap < this.#config.overlap) return { cosine: 0, overlap, strength: 0 };
    const angle = Math.max(0, Math.min(1, this.#cosineOf(a, b)));
    if (angle < this.#config.cosine) return { cosine: angle, overlap, strength: 0 };
    const above = (angle - this.#config.cosine) / Math.max(1e-9, 1 - this.#config.cosine);
    return { cosine: angle, overlap, strength: 0.5 + 0.5 * above };
  }

  /** To be called after each message. Hashed vectors are computed again in no time, and are 2 KiB each: none is kept. */
  forget(): void {
    if (this.#vectors.size === 0) return;
    if (this.#embedding !== HASHED_EMBEDDING) {
      if (this.#vectors.size > VECTORS_KEPT_MAX) this.#vectors.clear();
      return;
    }
    for (const vector of this.#vectors.values()) if (spareVectors.length < SPARE_VECTORS_MAX) spareVectors.push(vector);
    this.#vectors.clear();
  }

  #cosineOf(a: string, b: string): number {
    const [first, second] = [this.#vectorOf(a), this.#vectorOf(b)];
    return this.#embedding === HASHED_EMBEDDING ? dotProduct(first, second) : cosine(first, second);
  }

  #vectorOf(text: string): Float32Array {
    const known = this.#vectors.get(text);
    if (known !== undefined) return known;
    const vector = this.#embedding.embed(text);
    this.#vectors.set(text, vector);
    return vector;
  }
}
