import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { HASHED_SIMILARITY, type SignalsConfig } from '../config.js';
import type { TextEmbedding, TextProfile } from './text-profile.js';

/** Both similarities of two messages, each 0 to 1. */
export interface Similarity {
  readonly cosine: number;
  readonly overlap: number;
  /** 0 where they are not alike, else 0.5 at the thresholds up to 1 for the same text. */
  readonly strength: number;
}

export const HASHED_EMBEDDING: TextEmbedding = { name: HASHED_SIMILARITY.embedding, embed: (text) => hashEmbedding(text) };

const UNLIKE: Similarity = { cosine: 0, overlap: 0, strength: 0 };

export const countShared = (a: readonly number[], b: readonly number[]): number => {
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i] ?? 0;
    const y = b[j] ?? 0;
    if (x === y) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (x < y) i += 1;
    else j += 1;
  }
  return shared;
};

/** Jaccard similarity of two sorted sets: shared over all. */
export const overlapOf = (a: readonly number[], b: readonly number[]): number => {
  const shared = countShared(a, b);
  const all = a.length + b.length - shared;
  return all === 0 ? 0 : shared / all;
};

/** Embeds only where the cheaper share of words leaves the answer open: most follow-ups share no content word at all. */
export const similarityOf = (a: TextProfile, b: TextProfile, { config, embedding }: { config: SignalsConfig; embedding: TextEmbedding }): Similarity => {
  const overlap = overlapOf(a.content, b.content);
  const wordsDecide = embedding.name === HASHED_SIMILARITY.embedding && !a.beyondAscii && !b.beyondAscii;
  if (wordsDecide && overlap < config.similarity.overlap) return { ...UNLIKE, overlap };
  a.embedding ??= embedding.embed(a.text);
  b.embedding ??= embedding.embed(b.text);
  const angle = Math.max(0, Math.min(1, cosine(a.embedding, b.embedding)));
  if (angle < config.similarity.cosine) return { cosine: angle, overlap, strength: 0 };
  const above = (angle - config.similarity.cosine) / Math.max(1e-9, 1 - config.similarity.cosine);
  return { cosine: angle, overlap, strength: 0.5 + 0.5 * above };
};
