import type { FailureWeights } from '../failure/failure-weights.js';
import { agreementAt, calibrationErrorOf, logLossOfRows, reliabilityByWidth, rocAucOf, type Scored } from './agreement.js';
import { type LabelledRow, probabilityOf } from './fit-weights.js';

/** How weights do on rows: F1 at their own threshold, area under the ROC curve, expected calibration error (10 bins of equal width), log loss in nats. */
export interface Measures {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly rocAuc: number;
  readonly calibrationError: number;
  readonly logLoss: number;
}

/** New minus old, with the middle 95 % of resamples. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Comparison {
  readonly labels: number;
  readonly failures: number;
  readonly conversations: number;
  readonly old: Measures;
  readonly new: Measures;
  readonly difference: Readonly<Record<'f1' | 'rocAuc' | 'logLoss', Difference>>;
  /** Why the new weights are not to be used; undefined where they are not worse. */
  readonly worse: string | undefined;
}

const RESAMPLES = 1_000;
const compared = ['f1', 'rocAuc', 'logLoss'] as const;

/**
 * Old and new weights on the same rows; differences by a paired bootstrap over conversations, with random numbers that are the same in
 * every run. The new ones are worse where their log loss is higher, or where F1 or ROC-AUC are lower beyond chance.
 */
export const compareWeights = ({ rows, old, new: fresh }: { rows: readonly LabelledRow[]; old: FailureWeights; new: FailureWeights }): Comparison => {
  const groups = [...Map.groupBy(rows, ({ conversationId }) => conversationId).values()].map((group) => ({ old: scored(group, old), new: scored(group, fresh) }));
  const measured = { old: measuresOf(groups.flatMap((group) => group.old), old.threshold), new: measuresOf(groups.flatMap((group) => group.new), fresh.threshold) };
  const samples = resampled(groups, { old: old.threshold, new: fresh.threshold });
  const difference = Object.fromEntries(compared.map((name) => [name, differenceOf(measured.new[name] - measured.old[name], samples.map((sample) => sample[name]))])) as Comparison['difference'];
  return {
    labels: rows.length,
    failures: rows.reduce((sum, { label }) => sum + label, 0),
    conversations: groups.length,
    ...measured,
    difference,
    worse: worseBy(difference),
  };
};

const scored = (rows: readonly LabelledRow[], weights: FailureWeights): Scored[] => rows.map((row) => ({ probability: probabilityOf(weights, row), label: row.label }));

const measuresOf = (rows: readonly Scored[], threshold: number): Measures => ({
  threshold,
  ...agreementAt(rows, threshold),
  rocAuc: rocAucOf(rows),
  calibrationError: calibrationErrorOf(reliabilityByWidth(rows)),
  logLoss: logLossOfRows(rows),
});

type Sample = Readonly<Record<(typeof compared)[number], number>>;

const resampled = (groups: readonly { readonly old: readonly Scored[]; readonly new: readonly Scored[] }[], thresholds: { readonly old: number; readonly new: number }): Sample[] => {
  const random = randomNumbers(20_261_122);
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from(groups, () => groups[Math.floor(random() * groups.length)] as (typeof groups)[number]);
    const [before, after] = [drawn.flatMap((group) => group.old), drawn.flatMap((group) => group.new)];
    return {
      f1: agreementAt(after, thresholds.new).f1 - agreementAt(before, thresholds.old).f1,
      rocAuc: rocAucOf(after) - rocAucOf(before),
      logLoss: logLossOfRows(after) - logLossOfRows(before),
    };
  });
};

/** A resample without failures, or without successes, has no area under the curve. */
const differenceOf = (estimate: number, samples: readonly number[]): Difference => {
  const sorted = samples.filter((sample) => Number.isFinite(sample)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? estimate;
  return { estimate, low: at(0.025), high: at(0.975) };
};

const worseBy = ({ f1, rocAuc, logLoss }: Comparison['difference']): string | undefined => {
  if (logLoss.estimate > 0) return 'the log loss on held-out conversations is higher';
  if (f1.high < 0) return 'F1 on held-out conversations is lower, beyond chance';
  return rocAuc.high < 0 ? 'ROC-AUC on held-out conversations is lower, beyond chance' : undefined;
};

/** mulberry32: numbers from 0 up to 1. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
