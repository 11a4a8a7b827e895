import { cosine, EMBEDDING_DIM, hashEmbedding } from '@ratchet/embedded-model';
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

export const HASHED_EMBEDDING: TextEmbedding = {
  name: HASHED_SIMILARITY.embedding,
  embed: (text) => hashEmbedding(text, EMBEDDING_DIM, { into: spareVectors.pop() }),
};

/** Gives up what can be computed again in no time: a hashed vector is 2 KiB, and there are many open conversations. Others are kept. */
export const forgetVector = (profile: TextProfile, embedding: TextEmbedding): void => {
  if (profile.embedding === undefined || embedding !== HASHED_EMBEDDING) return;
  if (spareVectors.length < SPARE_VECTORS_MAX) spareVectors.push(profile.embedding);
  profile.embedding = undefined;
};

/** Embeds only where the cheaper share of words leaves the answer open: most follow-ups share no content word at all. */
export const similarityOf = (a: TextProfile, b: TextProfile, { config, embedding }: { config: SignalsConfig; embedding: TextEmbedding }): Similarity => {
  const overlap = overlapOf(a.content, b.content);
  const wordsDecide = !hasMark(a, 'beyondAscii') && !hasMark(b, 'beyondAscii') && embedding.name === HASHED_SIMILARITY.embedding;
  if (wordsDecide && overlap < config.similarity.overlap) return { cosine: 0, overlap, strength: 0 };
  a.embedding ??= embedding.embed(a.text);
  b.embedding ??= embedding.embed(b.text);
  const angle = Math.max(0, Math.min(1, cosine(a.embedding, b.embedding)));
  if (angle < config.similarity.cosine) return { cosine: angle, overlap, strength: 0 };
  const above = (angle - config.similarity.cosine) / Math.max(1e-9, 1 - config.similarity.cosine);
  return { cosine: angle, overlap, strength: 0.5 + 0.5 * above };
};
