/** Mean of the last evaluations of one evaluator on one target. */
export interface QualityWindow {
  readonly mean: number;
  readonly samples: number;
}

export interface AlertRule {
  readonly threshold: number;
  readonly samplesMin: number;
  /** How far the mean must rise above the threshold before the alert ends, so that it does not flicker. */
  readonly hysteresis: number;
}

export type AlertDecision = 'raise' | 'resolve' | 'keep';

/** A threshold near 1 leaves no room for the whole hysteresis, so at most half the way to 1 is asked for. */
const recoveryLevel = ({ threshold, hysteresis }: AlertRule): number => threshold + Math.min(hysteresis, (1 - threshold) / 2);

/** Too few samples decide nothing, neither to raise nor to resolve. */
export const decideAlert = ({ open, window, rule }: { open: boolean; window: QualityWindow; rule: AlertRule }): AlertDecision => {
  if (window.samples < rule.samplesMin) return 'keep';
  if (!open) return window.mean < rule.threshold ? 'raise' : 'keep';
  return window.mean >= recoveryLevel(rule) ? 'resolve' : 'keep';
};
