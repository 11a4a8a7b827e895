import { cosine } from '@ratchet/embedded-model';

/** Nearer than this to a request with another answer, and a text may mean that one (hashed embedding). */
const NEAR = 0.4;
/** By so much another answer's requests must be nearer than its own answer's. */
const MARGIN = 0.05;

export interface Labelled {
  readonly vector: ArrayLike<number>;
  readonly answerKey: string;
}

/** Whether a text that keeps an answer has come near to requests with another answer, and away from those with its own: its label no longer holds. */
export const hasDrifted = ({ vector, answerKey, known }: Labelled & { readonly known: readonly Labelled[] }): boolean => {
  let own = 0;
  let other = 0;
  for (const example of known) {
    const similarity = cosine(vector, example.vector);
    if (example.answerKey === answerKey) own = Math.max(own, similarity);
    else other = Math.max(other, similarity);
  }
  return other >= NEAR && other > own + MARGIN;
};
