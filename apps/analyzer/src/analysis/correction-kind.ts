import { normalizeAnswer } from '@ratchet/domain';

/** Shared words above which a correction rewrites the response's facts and keeps its shape. */
const SAME_SHAPE_JACCARD = 0.5;
/** "Canberra" corrects a fact; a sentence of its own is another answer. */
const SHORT_FACT_WORDS = 4;

export type CorrectionKind = 'same' | 'fact' | 'other_answer';

const wordsOf = (text: string): Set<string> => new Set(normalizeAnswer(text).match(/[\p{L}\p{N}]+/gu) ?? []);

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const shared = [...a].filter((word) => b.has(word)).length;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
};

/**
 * Whether a correction names another answer, or the same answer with other facts: at least half of all words shared,
 * or a few words against a longer response.
 */
export const correctionKindOf = ({ response, correction }: { readonly response: string; readonly correction: string }): CorrectionKind => {
  if (normalizeAnswer(response) === normalizeAnswer(correction)) return 'same';
  const said = wordsOf(response);
  const corrected = wordsOf(correction);
  if (corrected.size > 0 && corrected.size <= SHORT_FACT_WORDS && said.size > corrected.size) return 'fact';
  return jaccard(said, corrected) >= SAME_SHAPE_JACCARD ? 'fact' : 'other_answer';
};
