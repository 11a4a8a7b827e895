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
  /** By which embedding, and from which cosine on, they count as alike. */
  readonly embedding: string;
  readonly threshold: number;
}

/** Vectors that nobody needs any more; making a new one costs as much as filling it. */
const spareVectors: Float32Array[] = [];
const SPARE_VECTORS_MAX = 16;

export const HASHED_EMBEDDING: TextEmbedding = { name: HASHED_SIMILARITY.embedding, embed: (text) => hashEmbedding(text) };

/** Compares messages by their words first, and embeds only where these leave the answer open: most follow-ups share no content word at all. */
export class MessageComparer {
  readonly #config: SignalsConfig['similarity'];
  /** Undefined where words and hashed n-grams are all there is. */
  readonly #sentences: TextEmbedding | undefined;
  readonly #hashed = new Map<string, Float32Array>();

  constructor({ config, embedding }: { config: SignalsConfig; embedding: TextEmbedding }) {
    this.#config = config.similarity;
    this.#sentences = embedding.name === HASHED_SIMILARITY.embedding ? undefined : embedding;
  }

  similarity(a: TextProfile, b: TextProfile): Similarity {
    const overlap = overlapOf(a.content, b.content);
    return this.similarityOfTexts(a.text, b.text, { overlap, beyondAscii: hasMark(a, 'beyondAscii') || hasMark(b, 'beyondAscii') });
  }

  /** `beyondAscii`: one of them has letters of scripts that may not set words apart, so that words decide nothing. */
  similarityOfTexts(a: string, b: string, { overlap, beyondAscii }: { overlap: number; beyondAscii: boolean }): Similarity {
    if (this.#sentences !== undefined) {
      const [first, second] = [this.#sentences.embed(a), this.#sentences.embed(b)];
      if (first !== undefined && second !== undefined) return similarityOf({ angle: cosine(first, second), overlap, embedding: this.#sentences.name, threshold: this.#config.cosine });
    }
    const { embedding, cosine: threshold, overlap: overlapMin } = this.#sentences === undefined ? this.#config : HASHED_SIMILARITY;
    if (!beyondAscii && overlap < overlapMin) return { cosine: 0, overlap, strength: 0, embedding, threshold };
    return similarityOf({ angle: dotProduct(this.#hashedVectorOf(a), this.#hashedVectorOf(b)), overlap, embedding, threshold });
  }

  /** To be called after each message. Hashed vectors are computed again in no time, and are 2 KiB each: none is kept. */
  forget(): void {
    if (this.#hashed.size === 0) return;
    for (const vector of this.#hashed.values()) if (spareVectors.length < SPARE_VECTORS_MAX) spareVectors.push(vector);
    this.#hashed.clear();
  }

  #hashedVectorOf(text: string): Float32Array {
    const known = this.#hashed.get(text);
    if (known !== undefined) return known;
    const vector = hashEmbedding(text, EMBEDDING_DIM, { into: spareVectors.pop() });
    this.#hashed.set(text, vector);
    return vector;
  }
}

const similarityOf = ({ angle, overlap, embedding, threshold }: { angle: number; overlap: number; embedding: string; threshold: number }): Similarity => {
  const clipped = Math.max(0, Math.min(1, angle));
  const strength = clipped < threshold ? 0 : 0.5 + (0.5 * (clipped - threshold)) / Math.max(1e-9, 1 - threshold);
  return { cosine: clipped, overlap, strength, embedding, threshold };
};
