import {
  AGRESTI_MIN_DISCORDANCE,
  mean,
  oneSidedQuantile,
  pairedContrast,
  pairedMeanRatio,
} from '@ratchet/stats';

import { formatEstimate, formatGain, formatMissing, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding, GateVerdict } from './gate-report.js';
import type { PairedSuite } from './scored-item.js';

interface MeasuredGain {
  value: number;
  halfWidth: number;
  threshold: number;
  kind: 'relative' | 'absolute';
}

/** Did the weakness that the candidate was made for get better by enough, beyond doubt? */
export const judgeTarget = ({ scored, missing }: PairedSuite, config: GateConfig): GateFinding => {
  const [before, after] = [scored.map((pair) => pair.before), scored.map((pair) => pair.after)];
  const n = scored.length;
  if (n === 0) {
    return {
      verdict: 'insufficient',
      value: null,
      halfWidth: null,
      n,
      missing,
      threshold: config.minTargetGain,
      message: `No item of the target suite has both scores${formatMissing(missing)}.`,
    };
  }
  const gain = measureGain({ before, after }, config);
  const { verdict, reason } = judgeGain({ gain, n, missing }, config);
  const score = formatEstimate({ value: mean(after), halfWidth: meanHalfWidth(after, config), n });
  const message =
    `Target score ${score}, was ${formatRate(mean(before))}: ${gain.kind} gain ${formatGain(gain.value)} ` +
    `± ${(gain.halfWidth * 100).toFixed(1)} %, asked for more than ${formatGain(gain.threshold)}: ${reason}${formatMissing(missing)}.`;
  return { verdict, value: gain.value, halfWidth: gain.halfWidth, n, missing, threshold: gain.threshold, message };
};

const measureGain = (scores: { before: number[]; after: number[] }, config: GateConfig): MeasuredGain => {
  const alpha = 1 - config.confidence;
  if (mean(scores.before) < config.absoluteGainBelowScore) {
    const { estimate, se, df } = pairedContrast(scores, { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE });
    const halfWidth = oneSidedQuantile({ alpha, df }) * se;
    return { value: estimate, halfWidth, threshold: config.minAbsoluteGain, kind: 'absolute' };
  }
  const { ratio, halfWidth } = pairedMeanRatio(scores, { alpha, discordance: AGRESTI_MIN_DISCORDANCE });
  return { value: ratio - 1, halfWidth, threshold: config.minTargetGain, kind: 'relative' };
};

const judgeGain = (
  { gain, n, missing }: { gain: MeasuredGain; n: number; missing: number },
  config: GateConfig,
): { verdict: GateVerdict; reason: string } => {
  if (n < config.minTargetItems) {
    return { verdict: 'insufficient', reason: `too few items, at least ${config.minTargetItems} are needed` };
  }
  if (missing / (n + missing) > config.maxMissingShare) {
    return { verdict: 'insufficient', reason: 'too many items lack a score' };
  }
  if (gain.value <= gain.threshold) return { verdict: 'failed', reason: 'not reached' };
  if (gain.value - gain.halfWidth <= gain.threshold) {
    return { verdict: 'needs_human', reason: 'reached, but not proven; a person may decide, or add items' };
  }
  return config.autoApprove
    ? { verdict: 'passed', reason: 'proven' }
    : { verdict: 'needs_human', reason: 'proven; a person must approve it' };
};

const meanHalfWidth = (scores: readonly number[], config: GateConfig): number => {
  const centre = mean(scores);
  const spread = { before: scores.map(() => centre), after: scores };
  const { se, df } = pairedContrast(spread, { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE });
  return oneSidedQuantile({ alpha: 1 - config.confidence, df }) * se;
};
