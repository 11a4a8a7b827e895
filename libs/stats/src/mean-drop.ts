/**
 * Sequential detection of a drop of a mean, for scores from 0 to 1 of any distribution: a CUSUM of bets.
 *
 * A gambler stakes a share `bet` of what she has on each score being below the mean that is known from before. While the mean
 * stays, her wealth has no tendency to grow whatever the distribution; after a drop it grows at {@link evidenceRate} nats a score.
 * The statistic is the logarithm of her wealth, begun anew whenever it is below 0: it also says when the drop began.
 *
 * With the mean known, the expected number of scores before a false alarm at threshold h is at least e^h, for any distribution (a
 * CUSUM e-detector: Shin, Ramdas and Rinaldo 2024, "E-detectors", theorem 2.4); for small bets it is near e^h / evidenceRate
 * (Siegmund 1985, "Sequential Analysis", chapter 2). Bets on bounded means: Waudby-Smith and Ramdas 2024. CUSUM: Page 1954;
 * it has the smallest worst delay among rules with the same rate of false alarms: Lorden 1971, Moustakides 1986.
 */
export interface KnownScores {
  /** Mean before a drop, 0 to 1. */
  readonly mean: number;
  readonly variance: number;
}

/** However sure, a single score takes at most this share of the wealth. */
const STAKE_MAX = 0.9;

/** Spread added to what is known: see {@link betOnDrop}. */
const FAILURE_SHARE = 0.25;

/**
 * The share to bet for a drop of `drop` (0 to 1). A mean drops where all scores are a little lower, or where a few are 0; the second
 * spreads scores by up to drop·mean more (as a variance), and a bet that counts on the first alone would then lose in between what it
 * wins. A quarter of that spread costs the first case 6 % of its growth at a standard deviation of 0.2, and wins the second a third.
 */
export const betOnDrop = (known: KnownScores, drop: number): number =>
  Math.min(drop / (known.variance + Math.max(drop * drop, FAILURE_SHARE * drop * known.mean)), STAKE_MAX / Math.max(1e-9, 1 - known.mean));

/** Expected growth of the evidence, in nats a score, once all scores are lower by `drop`; to second order. */
export const evidenceRate = (known: KnownScores, drop: number): number => {
  const bet = betOnDrop(known, drop);
  return bet * drop - (bet * bet * (known.variance + drop * drop)) / 2;
};

/**
 * The evidence after one more score. `weight`, 0 to 1, lowers the stake of a score that had a larger chance of being drawn than
 * others: with weights inverse to those chances the bet stays fair for the mean of the whole population.
 */
export const addDropEvidence = ({ evidence, score, known, bet, weight = 1 }: { evidence: number; score: number; known: KnownScores; bet: number; weight?: number }): number =>
  Math.max(0, evidence + Math.log1p(weight * bet * (known.mean - score)));

/** Threshold of the evidence (nats) at which about `runLength` scores come between false alarms. */
export const dropThreshold = ({ runLength, rate }: { runLength: number; rate: number }): number => Math.log(Math.max(20, runLength * rate));

/** Scores, about, from a drop to its alarm: the way to the threshold at the expected growth. */
export const scoresToAlarm = ({ runLength, known, drop }: { runLength: number; known: KnownScores; drop: number }): number => {
  const rate = evidenceRate(known, drop);
  return Math.ceil(dropThreshold({ runLength, rate }) / rate);
};
