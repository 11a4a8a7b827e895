import type { Command, ExperimentPlan } from '@ratchet/domain';

export type StartCommand = Extract<Command, { name: 'experiment.start' }>;

/** All that an experiment is read by: declared before it starts, and never changed. */
export interface ExperimentSettings {
  readonly plan: ExperimentPlan;
  readonly share: number;
  readonly controlShare: number;
  readonly alpha: number;
  /** Relative to the control's success rate: a difference within it does not matter. */
  readonly margin: number;
  readonly onWin: 'keep' | 'rollout';
}

const DEFAULT_PLAN: ExperimentPlan = { type: 'fixed', unitsPerArm: 1000, looks: 5 };
const UNITS_A_LOOK_MIN = 10;
const ROUNDING = 1e-9;

/** What a person ordered, with the defaults where they said nothing. */
export const settingsOf = ({ plan = DEFAULT_PLAN, share = 0.5, controlShare = Math.min(share, 1 - share), alpha = 0.05, margin = 0.05, onWin = 'keep' }: StartCommand): ExperimentSettings => ({
  plan, share, controlShare, alpha, margin, onWin,
});

/** Why no experiment can be made of it; undefined where one can. */
export const whyNotSettings = ({ plan, share, controlShare }: ExperimentSettings): string | undefined => {
  if (share <= 0 || controlShare <= 0) return `both arms need traffic, and they have ${share} (treatment) and ${controlShare} (control) of it`;
  if (share + controlShare > 1 + ROUNDING) return `the arms have ${share + controlShare} of the traffic together; give shares that add up to 1 at most`;
  if (plan.type === 'fixed' && plan.unitsPerArm / plan.looks < UNITS_A_LOOK_MIN) return `${plan.looks} looks at ${plan.unitsPerArm} units an arm leave less than ${UNITS_A_LOOK_MIN} units between them; plan fewer looks`;
  return undefined;
};
