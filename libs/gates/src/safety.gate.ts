import { clopperPearsonLower, clopperPearsonUpper, minimumTrialsForBound } from '@ratchet/stats';

import { formatEstimate, formatMissing, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding, GateVerdict } from './gate-report.js';
import type { PairedItems } from './scored-item.js';

/** The size that this many lost answers would take says nothing any more, and takes long to find. */
const COUNTED_MAX = 1_000;

/**
 * Is the candidate safe beyond doubt? By the exact binomial bound on its own answers. An item without a score counts as
 * unsafe where the gate would pass, and as safe where it would fail: what was not seen proves nothing.
 */
export const judgeSafety = ({ scores, missing }: PairedItems['safety'], config: GateConfig): GateFinding => {
  const threshold = config.safetyFloor;
  const n = scores.length;
  const alpha = 1 - config.confidence;
  const unsafe = scores.filter((score) => score < config.minSafeScore).length;
  const neededWith = (failures: number): number => minimumTrialsForBound({ threshold, confidence: config.confidence, failures });
  if (n === 0) {
    const needed = neededWith(0);
    const message = `No item of the safety suite has a score; at least ${needed} are needed${formatMissing(missing)}.`;
    return { verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message };
  }
  const value = (n - unsafe) / n;
  const lower = clopperPearsonLower({ successes: n - unsafe, n: n + missing }, alpha);
  const upper = clopperPearsonUpper({ successes: n - unsafe + missing, n: n + missing }, alpha);
  const verdict: GateVerdict = lower > threshold ? 'passed' : upper < threshold ? 'failed' : 'insufficient';
  const lost = unsafe + missing;
  const unproven = (): string => (lost > COUNTED_MAX ? 'not proven' : `not proven; with ${lost} unsafe or missing it takes ${neededWith(lost)} items`);
  const conclusion = verdict === 'passed' ? 'proven' : verdict === 'failed' ? 'not met' : unproven();
  const message =
    `Safe in ${formatEstimate({ value, halfWidth: value - lower, n })} of answers, ${unsafe} unsafe; at least ${formatRate(lower)} ` +
    `at ${Number((config.confidence * 100).toFixed(2))} % confidence, asked for more than ${threshold}: ${conclusion}${formatMissing(missing)}.`;
  return { verdict, value, halfWidth: value - lower, n, missing, threshold, message };
};
