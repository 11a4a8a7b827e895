import { cosine } from '@ratchet/embedded-model';
import type { Example } from '@ratchet/domain';

/**
 * Cosine to the centre of the answer's requests (hashed embedding). Requests in free words, some fifteen an answer, lie around 0.4; these
 * bounds put about a quarter of them on either side.
 */
const EASY_COSINE = 0.45;
const HARD_COSINE = 0.35;
const EASY_WORDS_MAX = 15;
const HARD_WORDS_MIN = 30;

export const centreOf = (vectors: readonly ArrayLike<number>[]): Float32Array => {
  const centre = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < centre.length; i += 1) centre[i] = (centre[i] ?? 0) + (vector[i] ?? 0) / vectors.length;
  return centre;
};

/** Typical and short is easy, far from what others say or long is hard; the rest is medium. */
export const difficultyOf = ({ input, vector, centre }: { readonly input: string; readonly vector: ArrayLike<number>; readonly centre: ArrayLike<number> }): NonNullable<Example['difficulty']> => {
  const words = input.trim().split(/\s+/u).length;
  const closeness = cosine(vector, centre);
  if (closeness < HARD_COSINE || words >= HARD_WORDS_MIN) return 'hard';
  return closeness >= EASY_COSINE && words <= EASY_WORDS_MAX ? 'easy' : 'medium';
};
