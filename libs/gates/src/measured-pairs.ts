import type { GateVerdict } from './gate-report.js';
import type { ItemPair, ScoredItem } from './scored-item.js';

/** One measurement, such as latency, of both versions on the same items. */
export interface Measurements {
  before: number[];
  after: number[];
}

/** The pairs of a measurement. An item that neither version was measured on says nothing and is not missing. */
export interface MeasuredPairs extends Measurements {
  /** Measured for the candidate alone: its values. */
  onlyAfter: number[];
  /** Items measured for the incumbent alone: an answer that never came has no latency. */
  onlyBefore: number[];
}

/** Pairs one field of the items. */
export const pairMeasurements = (pairs: readonly Partial<ItemPair>[], field: keyof Pick<ScoredItem, 'latencyMs' | 'costUsd'>): MeasuredPairs => {
  const measured: MeasuredPairs = { before: [], after: [], onlyBefore: [], onlyAfter: [] };
  for (const { incumbent, candidate } of pairs) {
    const [before, after] = [incumbent?.[field], candidate?.[field]];
    if (before !== undefined && after !== undefined) {
      measured.before.push(before);
      measured.after.push(after);
    } else if (before !== undefined) measured.onlyBefore.push(before);
    else if (after !== undefined) measured.onlyAfter.push(after);
  }
  return measured;
};

/** The same pairs with what is missing at its worst for the candidate. */
export const atWorst = ({ before, after, onlyBefore, onlyAfter }: MeasuredPairs, worst: { before: number; after: number }): Measurements => ({
  before: [...before, ...onlyBefore, ...onlyAfter.map(() => worst.before)],
  after: [...after, ...onlyBefore.map(() => worst.after), ...onlyAfter],
});

/** The verdict from the bounds of a ratio that must not exceed the threshold; what is missing can keep it from passing, not make it fail. */
export const judgeRatio = (bounds: { lower: number; upper: number; upperAtWorst: number; isMissingTooMuch: boolean; threshold: number }): GateVerdict => {
  const { lower, upper, upperAtWorst, isMissingTooMuch, threshold } = bounds;
  if (lower > threshold) return 'failed';
  return !isMissingTooMuch && upper <= threshold && upperAtWorst <= threshold ? 'passed' : 'insufficient';
};
