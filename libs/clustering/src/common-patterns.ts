/** A word or pair of words that sets a cluster apart. */
export interface Pattern {
  readonly words: string;
  /** Items of the cluster that have it. */
  readonly count: number;
  /** Log-odds against the rest, in standard deviations. */
  readonly zScore: number;
}

/** Strength of the prior, in counts: rare words are drawn to their share of all items. */
const PRIOR_COUNT = 20;
const Z_MIN = 1.64;

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
 * Per cluster, the words that it has more of than the others: log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi
 * and Quinn 2008), strongest first. A pair replaces its words where it is as frequent.
 */
export const commonPatterns = ({ texts, labels, k, limit }: { texts: readonly string[]; labels: readonly number[]; k: number; limit: number }): Pattern[][] => {
  const all = new Map<string, number>();
  const byCluster = Array.from({ length: k }, () => new Map<string, number>());
  texts.forEach((text, i) => {
    const own = byCluster[labels[i] ?? 0];
    for (const gram of wordsAndPairs(text)) {
      all.set(gram, (all.get(gram) ?? 0) + 1);
      own?.set(gram, (own.get(gram) ?? 0) + 1);
    }
  });
  const total = sumOf(all);
  return byCluster.map((own) => {
    const ownTotal = sumOf(own);
    const restTotal = total - ownTotal;
    const scored: Pattern[] = [];
    for (const [words, count] of own) {
      const overall = all.get(words) ?? count;
      const prior = (PRIOR_COUNT * overall) / total;
      const here = logOdds({ count: count + prior, total: ownTotal + PRIOR_COUNT });
      const there = logOdds({ count: overall - count + prior, total: restTotal + PRIOR_COUNT });
      const zScore = (here - there) / Math.sqrt(1 / (count + prior) + 1 / (overall - count + prior));
      if (count > 1 && zScore >= Z_MIN) scored.push({ words, count, zScore: Math.round(zScore * 100) / 100 });
    }
    scored.sort((a, b) => b.zScore - a.zScore || b.words.length - a.words.length || (a.words < b.words ? -1 : 1));
    return withoutParts(scored).slice(0, limit);
  });
};

const logOdds = ({ count, total }: { count: number; total: number }): number => Math.log(count / Math.max(1e-9, total - count));

const sumOf = (counts: ReadonlyMap<string, number>): number => {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
};

/** Of "parcel" and "my parcel" the stronger one says enough. */
const withoutParts = (patterns: readonly Pattern[]): Pattern[] => {
  const kept: Pattern[] = [];
  for (const pattern of patterns) {
    const words = pattern.words.split(' ');
    const known = kept.some(({ words: earlier }) => words.every((word) => earlier.split(' ').includes(word)) || earlier.split(' ').every((word) => words.includes(word)));
    if (!known) kept.push(pattern);
  }
  return kept;
};
