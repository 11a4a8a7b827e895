/** Traffic of one stratum, as counted. */
export interface StratumTraffic {
  readonly perHour: number;
  /** A candidate's or control's arm, or a version that has answered for less than a day. */
  readonly isClose: boolean;
  /** Streams of its version near a decision. */
  readonly suspicious: readonly string[];
}

export interface SamplingRule {
  /** Share of ordinary traffic. */
  readonly base: number;
  /** Evaluations an hour that a stratum gets where it has that many interactions; ten times as many where it is watched closely. */
  readonly perHourMin: number;
  /** Evaluations an hour of a stream near a decision: where traffic is large, the base rate gives as many anyway. */
  readonly boostPerHour: number;
  /** Evaluated interactions an hour, of all strata together. */
  readonly budgetPerHour: number;
}

export interface PlannedRate {
  readonly rate: number;
  readonly boosts: Readonly<Record<string, number>>;
}

const CLOSE_FACTOR = 10;

const share = (value: number): number => Math.min(1, Math.max(0, value));

/** The most evaluations an hour that each stratum may have so that all fit: the largest are cut first, so that rare ones keep theirs. */
const ceilingFor = (wanted: readonly number[], budget: number): number => {
  let left = budget;
  const ascending = [...wanted].sort((a, b) => a - b);
  for (const [index, value] of ascending.entries()) {
    const even = left / (ascending.length - index);
    if (value > even) return even;
    left -= value;
  }
  return Infinity;
};

/** Rates for the next while, from what was counted in the last hour. */
export const planRates = (strata: readonly StratumTraffic[], { base, perHourMin, boostPerHour, budgetPerHour }: SamplingRule): PlannedRate[] => {
  if (base === 0) return strata.map(() => ({ rate: 0, boosts: {} }));
  const wanted = strata.map(({ perHour, isClose }) => share(Math.max(base, (perHourMin * (isClose ? CLOSE_FACTOR : 1)) / Math.max(perHour, 1e-9))));
  const ceiling = ceilingFor(strata.map(({ perHour }, i) => perHour * (wanted[i] ?? 0)), budgetPerHour);
  const rates = strata.map(({ perHour }, i) => Math.min(wanted[i] ?? 0, perHour > 0 ? ceiling / perHour : 1));
  const boosts = strata.map(({ perHour, suspicious }, i) => (suspicious.length > 0 ? Math.max(rates[i] ?? 0, share(boostPerHour / Math.max(perHour, 1e-9))) : (rates[i] ?? 0)));
  const left = budgetPerHour - strata.reduce((sum, { perHour }, i) => sum + perHour * (rates[i] ?? 0), 0);
  const extra = strata.reduce((sum, { perHour }, i) => sum + perHour * ((boosts[i] ?? 0) - (rates[i] ?? 0)), 0);
  const affordable = extra === 0 ? 1 : share(left / extra);
  return strata.map(({ suspicious }, i) => {
    const rate = rates[i] ?? 0;
    const boosted = rate + ((boosts[i] ?? 0) - rate) * affordable;
    return { rate, boosts: boosted > rate ? Object.fromEntries(suspicious.map((stream) => [stream, boosted])) : {} };
  });
};
