import type { CommandOrder } from '@ratchet/console-api';

type StartOrder = Extract<CommandOrder, { name: 'experiment.start' }>;

/** The form as it stands; shares in percent. */
export interface StartForm {
  readonly model: string;
  readonly workload: string;
  readonly treatment: string;
  /** Empty for the champion. */
  readonly control: string;
  readonly plan: 'fixed' | 'open';
  readonly unitsPerArm: number;
  readonly looks: number;
  readonly sharePercent: number;
  readonly controlSharePercent: number;
  readonly alpha: number;
  readonly marginPercent: number;
  readonly onWin: 'keep' | 'rollout';
}

export const usualForm: StartForm = {
  model: '', workload: '', treatment: '', control: '', plan: 'fixed', unitsPerArm: 1000, looks: 5, sharePercent: 50, controlSharePercent: 50, alpha: 0.05, marginPercent: 5, onWin: 'keep',
};

const UNITS_A_LOOK_MIN = 10;
const ROUNDING = 1e-9;

const within = (value: number, least: number, most: number): boolean => Number.isFinite(value) && value >= least && value <= most;

/** Why it cannot be ordered so; undefined where it can. */
export const whyNotStart = (form: StartForm, champion: string | null): string | undefined => {
  if (form.model === '' || form.workload === '') return 'Choose a target.';
  if (form.treatment === '') return 'Choose the version to try.';
  if (form.treatment === (form.control || champion)) return 'Both arms have the same version: choose another one for the treatment or the control.';
  if (form.sharePercent <= 0 || form.controlSharePercent <= 0) return 'Both arms need a share of the traffic.';
  if (!(form.sharePercent + form.controlSharePercent <= 100 + ROUNDING)) return 'The shares add up to more than 100 %.';
  if (!within(form.alpha, 0.0001, 0.2)) return 'The error rate is a number from 0.0001 to 0.2.';
  if (!within(form.marginPercent, 0.01, 50)) return 'The margin is a number from 0.01 to 50 %.';
  if (form.plan === 'fixed') {
    if (!Number.isInteger(form.unitsPerArm) || !within(form.unitsPerArm, 50, 100_000_000)) return 'A fixed plan has a whole number of conversations an arm, from 50 on.';
    if (!Number.isInteger(form.looks) || !within(form.looks, 1, 20)) return 'A fixed plan has 1 to 20 looks.';
    if (form.unitsPerArm / form.looks < UNITS_A_LOOK_MIN) return 'There are fewer than 10 conversations between two looks: plan fewer looks.';
  }
  return undefined;
};

export const startOrder = (form: StartForm, reason: string): StartOrder => ({
  name: 'experiment.start', model: form.model, workload: form.workload, reason, treatment: form.treatment,
  ...(form.control !== '' && { control: form.control }),
  share: form.sharePercent / 100, controlShare: form.controlSharePercent / 100,
  plan: form.plan === 'open' ? { type: 'open' } : { type: 'fixed', unitsPerArm: form.unitsPerArm, looks: form.looks },
  alpha: form.alpha, margin: form.marginPercent / 100, onWin: form.onWin,
});

/** What will happen, in plain words. */
export const startInWords = (form: StartForm, champion: string | null): string => {
  const control = form.control || `${champion ?? 'the champion'} (the champion)`;
  const rest = 100 - form.sharePercent - form.controlSharePercent;
  const end = form.plan === 'open' ? 'It goes on until one wins, no difference that matters is shown, or somebody stops it' : `It ends at ${form.unitsPerArm} conversations an arm, with ${form.looks} ${form.looks === 1 ? 'look' : 'looks'}`;
  const win = form.onWin === 'rollout' ? 'If the treatment wins against the champion, a rollout of it starts.' : 'Whatever it shows, the champion stays.';
  return `${form.treatment} gets ${form.sharePercent} % of the traffic of ${form.model}/${form.workload}, ${control} ${form.controlSharePercent} %${rest > ROUNDING ? `, and the champion the other ${Math.round(rest * 100) / 100} %` : ''}. ${end}. ${win} While anything else has the target's traffic, it waits.`;
};
