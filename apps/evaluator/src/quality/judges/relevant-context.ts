import { KnowledgeIndex } from '@ratchet/providers';
import type { Exchange } from '../evaluators/quality-evaluator.js';

/** A judge reads so many texts; with fewer there is nothing to choose. */
const TEXTS_MAX = 10;

// A version's texts are the same array each time, and an index of thousands takes a while.
const indexes = new WeakMap<readonly string[], KnowledgeIndex>();

const indexOf = (context: readonly string[]): KnowledgeIndex => {
  const known = indexes.get(context) ?? new KnowledgeIndex(context.map((text, at) => ({ entryId: String(at), title: '', text })));
  indexes.set(context, known);
  return known;
};

/** Of many texts those that the question and the answer are about: to a judge that reads others, every answer would be unsupported. */
export const relevantContext = ({ context, query, response }: Pick<Exchange, 'context' | 'query' | 'response'>): readonly string[] => {
  if (context.length <= TEXTS_MAX) return context;
  const index = indexOf(context);
  const found = [query, response].flatMap((text) => index.search({ query: text, topK: TEXTS_MAX / 2, minScore: 0 }));
  return [...new Set(found.map(({ text }) => text))];
};
