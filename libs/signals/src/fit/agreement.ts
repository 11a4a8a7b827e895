import { logLossOf, logOddsOf } from './fit-logistic.js';

/** A probability, and what was the case. */
export interface Scored {
  readonly probability: number;
  readonly label: 0 | 1;
}

export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  /** 0 where nothing is flagged and nothing failed. */
  readonly f1: number;
}

/** Agreement with the labels when everything from the threshold on is flagged. */
export const agreementAt = (rows: readonly Scored[], threshold: number): Agreement => {
  let hits = 0;
  let flagged = 0;
  let failures = 0;
  for (const { probability, label } of rows) {
    failures += label;
    if (probability < threshold) continue;
    flagged += 1;
    hits += label;
  }
  return { precision: hits / Math.max(1, flagged), recall: hits / Math.max(1, failures), f1: (2 * hits) / Math.max(1, flagged + failures) };
};

/** Chance that a failure gets a higher probability than a success, equal ones counted half; NaN without both. */
export const rocAucOf = (rows: readonly Scored[]): number => {
  const sorted = [...rows].sort((a, b) => a.probability - b.probability);
  let rankSum = 0;
  let failures = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end]?.probability === sorted[i]?.probability) end += 1;
    for (let j = i; j < end; j += 1) {
      if (sorted[j]?.label !== 1) continue;
      rankSum += (i + end + 1) / 2;
      failures += 1;
    }
    i = end;
  }
  return (rankSum - (failures * (failures + 1)) / 2) / (failures * (rows.length - failures));
};

/** A bin of a reliability table: what was said, and what was the case. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly failureRate: number;
}

/** Bins of equal width over 0 to 1; empty ones are left out. */
export const reliabilityByWidth = (rows: readonly Scored[], bins = 10): ReliabilityBin[] =>
  Array.from({ length: bins }, (_, i) => {
    const inBin = rows.filter(({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)) === i);
    return binOf(inBin, { from: i / bins, to: (i + 1) / bins });
  }).filter(({ count }) => count > 0);

/** Bins with the same number of rows each, one more or less. */
export const reliabilityByMass = (rows: readonly Scored[], bins = 10): ReliabilityBin[] => {
  const sorted = [...rows].sort((a, b) => a.probability - b.probability);
  return Array.from({ length: bins }, (_, i) => {
    const inBin = sorted.slice(Math.round((i * sorted.length) / bins), Math.round(((i + 1) * sorted.length) / bins));
    return binOf(inBin, { from: inBin[0]?.probability ?? 0, to: inBin.at(-1)?.probability ?? 0 });
  }).filter(({ count }) => count > 0);
};

const binOf = (rows: readonly Scored[], { from, to }: { from: number; to: number }): ReliabilityBin => ({
  from,
  to,
  count: rows.length,
  meanProbability: rows.reduce((sum, { probability }) => sum + probability, 0) / Math.max(1, rows.length),
  failureRate: rows.reduce((sum, { label }) => sum + label, 0) / Math.max(1, rows.length),
});

/** Mean distance of what was said and what was the case, over the rows. */
export const calibrationErrorOf = (bins: readonly ReliabilityBin[]): number => {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, meanProbability, failureRate }) => sum + count * Math.abs(meanProbability - failureRate), 0) / Math.max(1, rows);
};

/** Mean of -ln of the probability of what was the case, in nats. */
export const logLossOfRows = (rows: readonly Scored[]): number => rows.reduce((sum, { probability, label }) => sum + logLossOf(logOddsOf(probability), label), 0) / Math.max(1, rows.length);

/** The best threshold for F1, in steps of 0.01; of those that give up no more than `slack` of it, the one nearest to `near`. */
export const thresholdForF1 = (groups: readonly (readonly Scored[])[], { near, slack }: { near: number; slack: number }): number => {
  const tried = Array.from({ length: 90 }, (_, i) => (i + 5) / 100).map((threshold) => ({
    threshold,
    f1: groups.reduce((sum, rows) => sum + agreementAt(rows, threshold).f1, 0) / groups.length,
  }));
  const top = Math.max(...tried.map(({ f1 }) => f1));
  const good = tried.filter(({ f1 }) => f1 >= top - slack);
  return good.reduce((best, one) => (Math.abs(one.threshold - near) < Math.abs(best.threshold - near) ? one : best)).threshold;
};
