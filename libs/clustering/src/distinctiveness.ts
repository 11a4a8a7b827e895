/** What sets a cluster apart: a word, a pair of words, or an attribute's value. */
export interface Pattern {
  readonly kind: 'words' | 'attribute';
  /** The words, or `name = value`, `name >= number`, `name < number`. */
  readonly pattern: string;
  /** Items of the cluster that have it. */
  readonly count: number;
  /** The same as a share, 0 to 1. */
  readonly share: number;
  /** Share of the items outside the cluster that have it. */
  readonly shareElsewhere: number;
  /** Log-odds against the rest, in standard deviations. */
  readonly zScore: number;
}

/** How often something is in the items of a cluster, and in all. */
export interface Tally {
  /** Items of the cluster that have it. */
  readonly count: number;
  readonly countAll: number;
  /** Items of the cluster. */
  readonly size: number;
  readonly sizeAll: number;
}

/** Strength of the prior, in counts: what is rare is drawn to its share of all items. */
const PRIOR_COUNT = 20;
/** Thousands of words are looked at, so two standard deviations come up by chance. */
const Z_MIN = 2.3;
/** With a hundred thousand items, differences that mean nothing are certain, too: a pattern must be common here, and more so than elsewhere. */
const SHARE_MIN = 0.05;
const LIFT_MIN = 1.5;

/**
 * The log-odds ratio of the cluster against the rest, in standard deviations, with an informative Dirichlet prior: what all items have of it (Monroe,
 * Colaresi and Quinn 2008, "Fightin' words"). Totals are of whatever `count` is one of: words in the cluster and in all, say, or items.
 */
export const distinctiveness = ({ count, countAll, totalHere, totalAll }: Pick<Tally, 'count' | 'countAll'> & { totalHere: number; totalAll: number }): number => {
  const prior = (PRIOR_COUNT * countAll) / Math.max(1, totalAll);
  const elsewhere = countAll - count;
  const here = logOdds(count + prior, totalHere + PRIOR_COUNT);
  const there = logOdds(elsewhere + prior, totalAll - totalHere + PRIOR_COUNT);
  return (here - there) / Math.sqrt(1 / (count + prior) + 1 / (elsewhere + prior));
};

export const isDistinctive = ({ count, countAll, size, sizeAll, zScore }: Tally & { zScore: number }): boolean => {
  const share = count / Math.max(1, size);
  const elsewhere = (countAll - count) / Math.max(1, sizeAll - size);
  return count > 1 && zScore >= Z_MIN && share >= SHARE_MIN && share >= LIFT_MIN * elsewhere;
};

const logOdds = (count: number, total: number): number => Math.log(count / Math.max(1e-9, total - count));

/** Shares and score as people read them. */
export const patternOf = (kind: Pattern['kind'], pattern: string, { count, countAll, size, sizeAll }: Tally, zScore: number): Pattern => ({
  kind,
  pattern,
  count,
  share: rounded(count / Math.max(1, size)),
  shareElsewhere: rounded((countAll - count) / Math.max(1, sizeAll - size)),
  zScore: Math.round(zScore * 100) / 100,
});

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
