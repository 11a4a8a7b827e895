import type { Config } from '../../config.js';
import type { DriftRule } from './decide-drift.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of the drop that is looked for. */
const TOLERANCE_SHARE = 0.1;

export const DEFAULT_DRIFT_RULE: DriftRule = {
  settleMs: 10 * MINUTE_MS,
  learnMs: 24 * HOUR_MS,
  learnScores: 2_000,
  baselineScoresMax: 50_000,
  drop: 0.05,
  tolerance: 0.005,
  runLength: 20_000_000,
  suspiciousFrom: 0.4,
  suspiciousUntil: 0.01,
};

export const driftRuleOf = (config: Pick<Config, 'QUALITY_SETTLE_MINUTES' | 'QUALITY_BASELINE_HOURS' | 'QUALITY_BASELINE_SCORES' | 'QUALITY_DRIFT_DROP' | 'QUALITY_DRIFT_RUN_LENGTH'>): DriftRule => ({
  ...DEFAULT_DRIFT_RULE,
  settleMs: config.QUALITY_SETTLE_MINUTES * MINUTE_MS,
  learnMs: config.QUALITY_BASELINE_HOURS * HOUR_MS,
  learnScores: config.QUALITY_BASELINE_SCORES,
  drop: config.QUALITY_DRIFT_DROP,
  tolerance: TOLERANCE_SHARE * config.QUALITY_DRIFT_DROP,
  runLength: config.QUALITY_DRIFT_RUN_LENGTH,
});
