import { attributePatternsOf } from './attribute-patterns.js';
import { distinctiveness, isDistinctive, type Pattern, patternOf, type Tally } from './distinctiveness.js';
import type { FailureItem } from './embed-failures.js';

const fillers: ReadonlySet<string> = new Set(
  `a about am an and any are as at be been but by can could did do does for from get go got had has have hello hey hi how i id if ill im in is it its
  ive just like me my need no not now of off on or our out please so some that the their them then there they this to too up us want was we were what when where
  which who why will with would yes you your`.split(/\s+/u),
);

/** The distinct words and pairs of words of a text; single fillers, and pairs of nothing else, are left out. */
export const wordsAndPairs = (text: string): Set<string> => {
  const words = text.toLowerCase().replace(/['’]/gu, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = new Set<string>();
  words.forEach((word, i) => {
    const next = words[i + 1];
    if (!fillers.has(word) && word.length > 1) found.add(word);
    if (next !== undefined && !(fillers.has(word) && fillers.has(next))) found.add(`${word} ${next}`);
  });
  return found;
};

/**
 * Per cluster, what it has more of than the rest of the traffic given, not what is frequent everywhere: log-odds ratio with an informative Dirichlet prior
 * (Monroe, Colaresi and Quinn 2008), strongest first, up to `limit` of words and as many of attributes. A pair replaces its words where it is as frequent.
 */
export const commonPatterns = ({ items, labels, k, limit }: { items: readonly Pick<FailureItem, 'query' | 'attributes'>[]; labels: ArrayLike<number>; k: number; limit: number }): Pattern[][] => {
  const sizes = new Array<number>(k).fill(0);
  for (let i = 0; i < items.length; i += 1) sizes[labels[i] ?? 0] = (sizes[labels[i] ?? 0] ?? 0) + 1;
  const byWords = wordPatternsOf({ items, labels, sizes });
  const byAttributes = attributePatternsOf({ items, labels, sizes });
  return sizes.map((_, c) => [...withoutParts(strongestFirst(byWords[c] ?? [])).slice(0, limit), ...strongestFirst(byAttributes[c] ?? []).slice(0, limit)].sort((a, b) => b.zScore - a.zScore));
};

const wordPatternsOf = ({ items, labels, sizes }: { items: readonly Pick<FailureItem, 'query'>[]; labels: ArrayLike<number>; sizes: readonly number[] }): Pattern[][] => {
  const all = new Map<string, number>();
  const byCluster = sizes.map(() => new Map<string, number>());
  items.forEach(({ query }, i) => {
    const own = byCluster[labels[i] ?? 0];
    for (const gram of wordsAndPairs(query)) {
      all.set(gram, (all.get(gram) ?? 0) + 1);
      own?.set(gram, (own.get(gram) ?? 0) + 1);
    }
  });
  const total = sumOf(all);
  return byCluster.map((own, c) => {
    const here = sumOf(own);
    const size = sizes[c] ?? 0;
    return [...own].flatMap(([words, count]): Pattern[] => {
      const tally: Tally = { count, countAll: all.get(words) ?? count, size, sizeAll: items.length };
      const zScore = distinctiveness({ ...tally, totalHere: here, totalAll: total });
      return isDistinctive({ ...tally, zScore }) ? [patternOf('words', words, tally, zScore)] : [];
    });
  });
};

const sumOf = (counts: ReadonlyMap<string, number>): number => {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
};

const strongestFirst = (patterns: readonly Pattern[]): Pattern[] =>
  [...patterns].sort((a, b) => b.zScore - a.zScore || b.pattern.length - a.pattern.length || (a.pattern < b.pattern ? -1 : 1));

/** Of "parcel" and "my parcel" the stronger one says enough. */
const withoutParts = (patterns: readonly Pattern[]): Pattern[] => {
  const kept: Pattern[] = [];
  for (const found of patterns) {
    const words = found.pattern.split(' ');
    const known = kept.some(({ pattern }) => words.every((word) => pattern.split(' ').includes(word)) || pattern.split(' ').every((word) => words.includes(word)));
    if (!known) kept.push(found);
    if (kept.length >= KEPT_MAX) break;
  }
  return kept;
};

const KEPT_MAX = 50;
