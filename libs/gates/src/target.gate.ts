import {
  AGRESTI_MIN_DISCORDANCE,
  mean,
  oneSidedQuantile,
  pairedContrast,
  pairedRatioBounds,
} from '@ratchet/stats';

import { formatEstimate, formatGain, formatMissing, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding, GateVerdict } from './gate-report.js';
import type { PairedSuite, ScoredPair } from './scored-item.js';

type GainKind = 'relative' | 'absolute';

interface MeasuredGain {
  kind: GainKind;
  value: number;
  /** One-sided lower bound of the gain on the scored pairs. */
  lower: number;
  /** The same where what one version has no score for is counted against the candidate. */
  lowerAtWorst: number;
  threshold: number;
}

/** Did the weakness that the candidate was made for get better by enough, beyond doubt? */
export const judgeTarget = ({ scored, doubtful, missing }: PairedSuite, config: GateConfig): GateFinding => {
  const after = scored.map((pair) => pair.after);
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
  const gain = measureGain({ scored, doubtful }, config);
  const { verdict, reason } = judgeGain({ gain, n, missing }, config);
  const halfWidth = gain.value - gain.lower;
  const score = formatEstimate({ value: mean(after), halfWidth: meanHalfWidth(after, config), n });
  const message =
    `Target score ${score}, was ${formatRate(mean(scored.map((pair) => pair.before)))}: ${gain.kind} gain ${formatGain(gain.value)} ` +
    `± ${(halfWidth * 100).toFixed(1)} %, asked for more than ${formatGain(gain.threshold)}: ${reason}${formatMissing(missing)}.`;
  return { verdict, value: gain.value, halfWidth, n, missing, threshold: gain.threshold, message };
};

const boundGain = (pairs: readonly ScoredPair[], { kind, alpha }: { kind: GainKind; alpha: number }): { value: number; lower: number } => {
  const scores = { before: pairs.map((pair) => pair.before), after: pairs.map((pair) => pair.after) };
  if (kind === 'relative') {
    const { lower } = pairedRatioBounds(scores, { alpha, discordance: AGRESTI_MIN_DISCORDANCE });
    return { value: mean(scores.after) / mean(scores.before) - 1, lower: lower - 1 };
  }
  const { estimate, se, df } = pairedContrast(scores, { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE });
  return { value: estimate, lower: estimate - oneSidedQuantile({ alpha, df }) * se };
};

const measureGain = ({ scored, doubtful }: Pick<PairedSuite, 'scored' | 'doubtful'>, config: GateConfig): MeasuredGain => {
  const old = mean(scored.map((pair) => pair.before));
  // A score of zero has no relative gain, even where the configuration asks for none but relative ones.
  const kind = old === 0 || old < config.absoluteGainBelowScore ? 'absolute' : 'relative';
  const threshold = kind === 'absolute' ? config.minAbsoluteGain : config.minTargetGain;
  const alpha = 1 - config.confidence;
  const { value, lower } = boundGain(scored, { kind, alpha });
  const lowerAtWorst = doubtful.length === 0 ? lower : boundGain([...scored, ...doubtful], { kind, alpha }).lower;
  return { kind, value, lower, lowerAtWorst, threshold };
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
  if (gain.lower <= gain.threshold) {
    return { verdict: 'needs_human', reason: 'reached, but not proven; a person may decide, or add items' };
  }
  if (gain.lowerAtWorst <= gain.threshold) {
    return { verdict: 'needs_human', reason: 'proven only without the items that lack a score; a person may decide, or score them' };
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
