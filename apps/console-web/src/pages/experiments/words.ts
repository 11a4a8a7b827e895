import type { ExperimentStep, ExperimentSummary } from '@ratchet/console-api';

const verdicts = { treatment_wins: 'the treatment wins', control_wins: 'the control wins', no_difference: 'no difference that matters', inconclusive: 'inconclusive' } as const;
export const verdictInWords = (verdict: keyof typeof verdicts): string => verdicts[verdict];

const colors = { queued: 'gray.8', running: 'indigo.8', held: 'orange.9', concluded: 'teal.9', cancelled: 'gray.8' } as const;
export const statusColor = (status: keyof typeof colors): string => colors[status];

const statuses = { queued: 'It waits for its target to be free.', running: 'Both arms have traffic.', held: 'It is held and concludes nothing at present.', concluded: 'It is over.', cancelled: 'It never ran, or was called off.' } as const;
export const statusInWords = (status: keyof typeof statuses): string => statuses[status];

export const planInWords = (plan: ExperimentSummary['plan'], looks: number): string => {
  if (!plan) return 'no plan on record';
  return plan.type === 'open' ? `open plan, read ${looks} times so far` : `fixed plan: ${plan.unitsPerArm} conversations an arm, ${looks} of ${plan.looks} looks taken`;
};

/** A look as the chart draws it: treatment minus control with its interval. */
export interface LookRow {
  readonly at: number;
  readonly units: number;
  readonly difference: number;
  readonly interval: readonly [number, number];
}

/** The readings on record, in order. */
export const looksOf = (steps: readonly Pick<ExperimentStep, 'reading' | 'at'>[]): LookRow[] =>
  steps.flatMap(({ reading, at }) => {
    if (!reading) return [];
    const { difference, lower, upper, arms } = reading;
    return [{ at: Date.parse(at), units: (arms?.control.units ?? 0) + (arms?.treatment.units ?? 0), difference, interval: [lower, upper] as const }];
  });
