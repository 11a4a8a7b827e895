import { answerKeyOf } from './candidate.js';

const mostCommon = (texts: readonly string[]): Map<string, string> => {
  const counts = new Map<string, Map<string, number>>();
  for (const raw of texts) {
    const text = raw.trim();
    const variants = counts.get(answerKeyOf(text)) ?? new Map<string, number>();
    variants.set(text, (variants.get(text) ?? 0) + 1);
    counts.set(answerKeyOf(text), variants);
  }
  return new Map([...counts].map(([key, variants]) => [key, [...variants].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? '']));
};

/**
 * One spelling for each answer, since a model that chooses among answers takes every spelling for another one: as already issued, else as the
 * model itself says it, else as most users wrote it.
 */
export const canonicalAnswers = ({ issued, responses, corrections }: {
  readonly issued: readonly string[];
  readonly responses: readonly string[];
  readonly corrections: readonly string[];
}): ((answer: string) => string) => {
  const spellings = new Map([...mostCommon(corrections), ...mostCommon(responses), ...mostCommon(issued)]);
  return (answer) => spellings.get(answerKeyOf(answer)) ?? answer.trim();
};
