import { cosine, dotProduct, EMBEDDING_DIM, hashEmbedding } from '@ratchet/embedded-model';
import { HASHED_SIMILARITY, type SignalsConfig } from '../config.js';
import { overlapsWith, type PastOverlap, type StemHistory } from './stem-history.js';
import { overlapOf } from './stem-set.js';
import { hasMark, type TextEmbedding, type TextProfile } from './text-profile.js';

/** Both similarities of two messages, each 0 to 1. */
export interface Similarity {
  readonly cosine: number;
  readonly overlap: number;
  /** 0 where they are not alike, else 0.5 at the thresholds up to 1 for the same text. */
  readonly strength: number;
  /** The embedding that they were compared by, and what it takes to be alike by it. */
  readonly by: SignalsConfig['similarity'];
}

/** What was asked before in a conversation, the oldest first. */
export interface EarlierQueries {
  readonly queries: readonly string[];
  readonly queryStems: StemHistory;
}

export interface Likeness {
  readonly toQuery: Similarity;
  /** Exact where it can matter: from the second message alike on. */
  readonly alikeCount: number;
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
  /** So many earlier messages that ask the same make a request a repeated one. */
  readonly #repeatedFrom: number;
  readonly #hashed = new Map<string, Float32Array>();

  constructor({ config, embedding }: { config: SignalsConfig; embedding: TextEmbedding }) {
    this.#config = config.similarity;
    this.#repeatedFrom = config.similarQueries;
    this.#sentences = embedding.name === HASHED_SIMILARITY.embedding ? undefined : embedding;
  }

  /** How a message compares with what was asked just before, and how many messages of the conversation ask the same, itself included. */
  compare(message: TextProfile, { asked, earlier }: { asked: TextProfile; earlier: EarlierQueries }): Likeness {
    const toQuery = this.similarity(asked, message);
    const alikeCount = 1 + this.#countAlike(message, { asked, earlier, toQuery });
    this.#forget();
    return { toQuery, alikeCount };
  }

  similarity(a: TextProfile, b: TextProfile): Similarity {
    const overlap = overlapOf(a.content, b.content);
    return this.#similarityOfTexts(a.text, b.text, { overlap, beyondAscii: hasMark(a, 'beyondAscii') || hasMark(b, 'beyondAscii') });
  }

  #countAlike(message: TextProfile, { asked, earlier: { queries, queryStems }, toQuery }: { asked: TextProfile; earlier: EarlierQueries; toQuery: Similarity }): number {
    const overlaps = overlapsWith(queryStems, message.content);
    const messageBeyondAscii = hasMark(message, 'beyondAscii');
    let possible = 0;
    for (const { overlap, marked } of overlaps) if (this.#mayBeAlike(overlap, marked || messageBeyondAscii)) possible += 1;
    // Too few to be a repeated request, whichever of them is alike: only the one asked just before is of interest then.
    if (possible < this.#repeatedFrom) return toQuery.strength > 0 ? 1 : 0;
    let alike = 0;
    for (let i = 0; i < overlaps.length; i += 1) {
      const { overlap, marked } = overlaps[i] as PastOverlap;
      const text = queries[i] as string;
      const { strength } = text === asked.text ? toQuery : this.#similarityOfTexts(text, message.text, { overlap, beyondAscii: marked || messageBeyondAscii });
      if (strength > 0) alike += 1;
    }
    return alike;
  }

  /** Words can rule out that hashed n-grams are alike, but not sentences; nor do they where scripts may not set them apart. */
  #mayBeAlike(overlap: number, beyondAscii: boolean): boolean {
    return this.#sentences !== undefined || beyondAscii || overlap >= this.#config.overlap;
  }

  /** `beyondAscii`: one of them has letters of scripts that may not set words apart, so that words decide nothing. */
  #similarityOfTexts(a: string, b: string, { overlap, beyondAscii }: { overlap: number; beyondAscii: boolean }): Similarity {
    if (this.#sentences !== undefined) {
      const [first, second] = [this.#sentences.embed(a), this.#sentences.embed(b)];
      if (first !== undefined && second !== undefined) return similarityOf({ angle: cosine(first, second), overlap, by: this.#config });
    }
    const by = this.#sentences === undefined ? this.#config : HASHED_SIMILARITY;
    if (!beyondAscii && overlap < by.overlap) return { cosine: 0, overlap, strength: 0, by };
    return similarityOf({ angle: dotProduct(this.#hashedVectorOf(a), this.#hashedVectorOf(b)), overlap, by });
  }

  /** Hashed vectors are computed again in no time, and are 2 KiB each: none is kept beyond a message. */
  #forget(): void {
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

const similarityOf = ({ angle, overlap, by }: { angle: number; overlap: number; by: SignalsConfig['similarity'] }): Similarity => {
  const clipped = Math.max(0, Math.min(1, angle));
  // Above the threshold, as the article has it.
  const strength = clipped <= by.cosine ? 0 : 0.5 + (0.5 * (clipped - by.cosine)) / Math.max(1e-9, 1 - by.cosine);
  return { cosine: clipped, overlap, strength, by };
};
