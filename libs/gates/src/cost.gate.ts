import { mean, pairedRatioBounds } from '@ratchet/stats';

import { formatEstimate, formatRate, formatUnmeasured } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding } from './gate-report.js';
import { atWorst, judgeRatio, type Measurements, pairMeasurements } from './measured-pairs.js';
import type { ItemPair } from './scored-item.js';

const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** Is the candidate about as cheap? The ratio of mean costs on the same items, bounded as a quotient of two means (Fieller). */
export const judgeCost = (pairs: readonly Partial<ItemPair>[], config: GateConfig): GateFinding => {
  const threshold = config.maxCostRatio;
  const priced = pairMeasurements(pairs, 'costUsd');
  const n = priced.before.length;
  const missing = priced.onlyBefore.length + priced.onlyAfter.length;
  const insufficient = (message: string): GateFinding => ({ verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message });
  if (n < config.minCostItems) return insufficient(`Cost is known for ${n} pairs; at least ${config.minCostItems} are needed.`);
  const [before, after] = [mean(priced.before), mean(priced.after)];
  if (before === 0) {
    const verdict = after > 0 ? 'failed' : missing === 0 ? 'passed' : 'insufficient';
    const message = `The incumbent costs nothing and the candidate ${after.toPrecision(3)} USD an item (n=${n})${formatUnmeasured(missing, 'cost')}.`;
    return { verdict, value: null, halfWidth: null, n, missing, threshold, message };
  }
  const ratio = after / before;
  const { lower, upper } = boundRatio(priced, config);
  // An unknown cost has no upper limit; the share of them has one, and none is taken for cheaper than the dearest that is known.
  const { upper: upperAtWorst } = boundRatio(atWorst(priced, { before: smallest(priced.before), after: largest(priced.after) }), config);
  const isMissingTooMuch = missing / (n + missing) > config.maxMissingShare;
  const verdict = judgeRatio({ lower, upper, upperAtWorst, isMissingTooMuch, threshold });
  // Where the incumbent's mean cannot be told from nothing, the ratio has no upper bound.
  const halfWidth = Number.isFinite(upper) ? upper - ratio : null;
  const estimate = halfWidth === null ? `${formatRate(ratio)} (n=${n}), unbounded` : formatEstimate({ value: ratio, halfWidth, n });
  const message =
    `Mean cost ${after.toPrecision(3)} USD, was ${before.toPrecision(3)} USD: ratio ${estimate}, ` +
    `acceptable up to ${threshold}${formatUnmeasured(missing, 'cost')}.`;
  return { verdict, value: ratio, halfWidth, n, missing, threshold, message };
};

const boundRatio = (costs: Measurements, config: GateConfig): { lower: number; upper: number } =>
  pairedRatioBounds(costs, { alpha: 1 - config.confidence, discordance: 0 });
