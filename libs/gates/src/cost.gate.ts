import { mean, pairedMeanRatio } from '@ratchet/stats';

import { formatHalfWidth, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding } from './gate-report.js';
import type { ItemPair } from './scored-item.js';

/** Is the candidate about as cheap? The ratio of mean costs on the same items, bounded by the delta method. */
export const judgeCost = (pairs: readonly ItemPair[], config: GateConfig): GateFinding => {
  const threshold = config.maxCostRatio;
  const priced = pairs.flatMap(({ incumbent, candidate }) =>
    incumbent.costUsd === undefined || candidate.costUsd === undefined
      ? []
      : [{ before: incumbent.costUsd, after: candidate.costUsd }],
  );
  const n = priced.length;
  const missing = pairs.length - n;
  if (n < config.minCostItems) {
    const message = `Cost is known for ${n} pairs; at least ${config.minCostItems} are needed.`;
    return { verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message };
  }
  const [before, after] = [priced.map((pair) => pair.before), priced.map((pair) => pair.after)];
  if (mean(before) === 0) {
    const verdict = mean(after) === 0 ? 'passed' : 'failed';
    const message = `The incumbent costs nothing and the candidate ${mean(after).toPrecision(3)} USD an item (n=${n}).`;
    return { verdict, value: null, halfWidth: null, n, missing, threshold, message };
  }
  const { ratio, halfWidth } = pairedMeanRatio({ before, after }, { alpha: 1 - config.confidence, discordance: 0 });
  const verdict = ratio + halfWidth <= threshold ? 'passed' : ratio - halfWidth > threshold ? 'failed' : 'insufficient';
  const message =
    `Mean cost ${mean(after).toPrecision(3)} USD, was ${mean(before).toPrecision(3)} USD: ` +
    `ratio ${formatRate(ratio)} ± ${formatHalfWidth(halfWidth)} (n=${n}), acceptable up to ${threshold}.`;
  return { verdict, value: ratio, halfWidth, n, missing, threshold, message };
};
