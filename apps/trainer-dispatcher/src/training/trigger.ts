import type { TrainingStarted, Trigger } from '@ratchet/domain';
import { relativeNonInferiority } from '@ratchet/stats';

export interface FailureRate {
  readonly outcomes: number;
  readonly failures: number;
}

export interface TriggerFacts {
  readonly nowMs: number;
  /** Start of the last training, or the champion's adoption where there was none. */
  readonly lastTrainingMs: number;
  /** End of the last training; undefined where there was none. */
  readonly lastEndedMs?: number | undefined;
  /** Trainings since the last promotion that came to nothing, and cycles made from the champion that were superseded all the same. */
  readonly failedInRow: number;
  /** A person holds the automation of this target. */
  readonly held: boolean;
  /** The champion's first outcomes, and its recent ones after these. */
  readonly baseline: FailureRate;
  readonly current: FailureRate;
  /** Examples that no cycle has used. */
  readonly waitingExamples: number;
  /** Of these, those that no cycle has tried. */
  readonly newExamples: number;
  readonly highPriorityFix: boolean;
}

export interface TriggerPolicy {
  readonly scheduleMs: number;
  readonly degradationRatio: number;
  /** That the current and the baseline rate each need at least. */
  readonly degradationOutcomes: number;
  /** Chance of firing at one look while the rate is exactly at the ratio. */
  readonly degradationPValue: number;
  readonly exampleThreshold: number;
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
  /** Triggers that never fire for the workload. */
  readonly off: readonly Trigger[];
}

export interface TriggerDecision {
  readonly trigger: Trigger;
  readonly reason: string;
}

/** What each trigger saw, as the event of a start shows it. */
export type ShownFacts = NonNullable<TrainingStarted['triggerFacts']>;

export interface TriggerVerdict {
  /** The first of the triggers that fired; undefined where none did, or where something holds them back. */
  readonly decision: TriggerDecision | undefined;
  /** Why triggers that fired start nothing. */
  readonly heldBackBy: string | undefined;
  readonly shown: ShownFacts;
}

const DAY_MS = 86_400_000;
const rate = ({ outcomes, failures }: FailureRate): number => (outcomes === 0 ? 0 : failures / outcomes);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const rounded = (value: number, digits = 6): number => Number(value.toPrecision(digits));

/**
 * The chance of so many current failures if the rate had only grown to `ratio` times the baseline's: Farrington and Manning's score test, which
 * counts the noise of both rates. 1 where there is nothing to test.
 */
export const degradationPValue = ({ baseline, current }: Pick<TriggerFacts, 'baseline' | 'current'>, ratio: number): number => {
  if (baseline.outcomes === 0 || current.outcomes === 0 || rate(current) <= ratio * rate(baseline)) return 1;
  const { scorePNonInferior } = relativeNonInferiority({ xc: current.failures, nc: current.outcomes, xb: baseline.failures, nb: baseline.outcomes, margin: 1 - ratio });
  return Number.isFinite(scorePNonInferior) ? scorePNonInferior : 1;
};

/** The pause after a training, doubled with each that came to nothing. */
export const coolDownMs = (failedInRow: number, { pauseMs, pauseMaxMs }: Pick<TriggerPolicy, 'pauseMs' | 'pauseMaxMs'>): number =>
  Math.max(pauseMs, Math.min(pauseMs * 2 ** Math.min(failedInRow, 40), pauseMaxMs));

const coolDownEndMs = (facts: TriggerFacts, policy: TriggerPolicy): number => Math.max(facts.lastTrainingMs, facts.lastEndedMs ?? 0) + coolDownMs(facts.failedInRow, policy);

const isDegraded = ({ baseline, current }: TriggerFacts, pValue: number, policy: TriggerPolicy): boolean =>
  Math.min(baseline.outcomes, current.outcomes) >= policy.degradationOutcomes && pValue < policy.degradationPValue;

/** The article's four triggers, in its order. */
const firedOf = (facts: TriggerFacts, pValue: number, policy: TriggerPolicy): TriggerDecision[] => {
  const { baseline, current } = facts;
  const sinceMs = facts.nowMs - facts.lastTrainingMs;
  const fired: TriggerDecision[] = [];
  if (sinceMs > policy.scheduleMs) fired.push({ trigger: 'scheduled', reason: `${(sinceMs / DAY_MS).toFixed(2)} days since the last training, more than ${rounded(policy.scheduleMs / DAY_MS)}` });
  if (isDegraded(facts, pValue, policy)) {
    const counts = `${percent(rate(current))} (${current.failures} of ${current.outcomes}) against ${percent(rate(baseline))} (${baseline.failures} of ${baseline.outcomes}) at first`;
    fired.push({ trigger: 'performance_degradation', reason: `failure rate ${counts}: above ${policy.degradationRatio} times, p = ${pValue.toPrecision(2)}` });
  }
  if (facts.newExamples > policy.exampleThreshold) fired.push({ trigger: 'data_threshold', reason: `${facts.newExamples} new examples wait, more than ${policy.exampleThreshold}` });
  if (facts.highPriorityFix) fired.push({ trigger: 'high_priority_fix', reason: `a high-priority improvement with ${facts.waitingExamples} examples is ready` });
  return fired.filter(({ trigger }) => !policy.off.includes(trigger));
};

const heldBackBy = (facts: TriggerFacts, policy: TriggerPolicy): string | undefined => {
  if (facts.held) return 'a person holds the automation of the target';
  if (facts.waitingExamples === 0) return 'no example waits';
  // A candidate that was turned down is not built again from the same data.
  if (facts.newExamples === 0) return 'no new example came since the last training';
  const waitMs = coolDownEndMs(facts, policy) - facts.nowMs;
  if (waitMs > 0) return `the pause after the last training lasts ${Math.ceil(waitMs / 1_000)} s more${facts.failedInRow > 0 ? `, as ${facts.failedInRow} in a row came to nothing` : ''}`;
  return undefined;
};

const shownFacts = (facts: TriggerFacts, { fired, pValue }: { fired: readonly TriggerDecision[]; pValue: number }, policy: TriggerPolicy): ShownFacts => ({
  fired: fired.map(({ trigger }) => trigger).join(', ') || 'none',
  daysSinceLastTraining: rounded((facts.nowMs - facts.lastTrainingMs) / DAY_MS),
  scheduleDays: rounded(policy.scheduleMs / DAY_MS),
  baselineFailureRate: rounded(rate(facts.baseline)),
  baselineFailures: facts.baseline.failures,
  baselineOutcomes: facts.baseline.outcomes,
  currentFailureRate: rounded(rate(facts.current)),
  currentFailures: facts.current.failures,
  currentOutcomes: facts.current.outcomes,
  degradationRatio: policy.degradationRatio,
  degradationOutcomesMin: policy.degradationOutcomes,
  degradationPValue: rounded(pValue, 3),
  degradationPValueMax: policy.degradationPValue,
  newExamples: facts.newExamples,
  waitingExamples: facts.waitingExamples,
  exampleThreshold: policy.exampleThreshold,
  highPriorityReady: facts.highPriorityFix,
  coolDownSeconds: coolDownMs(facts.failedInRow, policy) / 1_000,
  failedInRow: facts.failedInRow,
  held: facts.held,
  ...(policy.off.length > 0 && { off: policy.off.join(', ') }),
});

/** Looks at all triggers. None starts anything without a new example to learn from, within the pause after the last training, or while a person holds the target. */
export const judgeTriggers = (facts: TriggerFacts, policy: TriggerPolicy): TriggerVerdict => {
  const pValue = degradationPValue(facts, policy.degradationRatio);
  const fired = firedOf(facts, pValue, policy);
  const [first] = fired;
  const back = first && heldBackBy(facts, policy);
  return { decision: back === undefined ? first : undefined, heldBackBy: back, shown: shownFacts(facts, { fired, pValue }, policy) };
};
