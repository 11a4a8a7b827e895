import type { Trigger } from '@ratchet/domain';

export interface FailureRate {
  readonly outcomes: number;
  readonly failures: number;
}

export interface TriggerFacts {
  readonly nowMs: number;
  /** Start of the last cycle, or the champion's adoption where there was none. */
  readonly lastTrainingMs: number;
  /** The champion's first outcomes, and its recent ones. */
  readonly baseline: FailureRate;
  readonly current: FailureRate;
  /** Examples that no cycle has used. */
  readonly waitingExamples: number;
  /** Of these, those that came after the last cycle began. */
  readonly newExamples: number;
  readonly highPriorityFix: boolean;
}

export interface TriggerPolicy {
  readonly scheduleMs: number;
  readonly degradationRatio: number;
  readonly degradationOutcomes: number;
  readonly exampleThreshold: number;
  readonly pauseMs: number;
}

export interface TriggerDecision {
  readonly trigger: Trigger;
  readonly reason: string;
}

const rate = ({ outcomes, failures }: FailureRate): number => (outcomes === 0 ? 0 : failures / outcomes);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/**
 * The article's four triggers, in its order. None fires without an example to learn from, nor within the pause after the last
 * cycle: a candidate that was turned down is not built again from the same data.
 */
export const shouldTrain = (facts: TriggerFacts, policy: TriggerPolicy): TriggerDecision | undefined => {
  const sinceMs = facts.nowMs - facts.lastTrainingMs;
  if (facts.waitingExamples === 0 || facts.newExamples === 0 || sinceMs < policy.pauseMs) return undefined;
  if (sinceMs > policy.scheduleMs) return { trigger: 'scheduled', reason: `${Math.round(sinceMs / 1000)} s since the last training` };
  const enough = facts.baseline.outcomes >= policy.degradationOutcomes && facts.current.outcomes >= policy.degradationOutcomes;
  if (enough && rate(facts.current) > policy.degradationRatio * rate(facts.baseline)) {
    return { trigger: 'performance_degradation', reason: `failure rate ${percent(rate(facts.current))} against ${percent(rate(facts.baseline))} at first` };
  }
  if (facts.newExamples > policy.exampleThreshold) return { trigger: 'data_threshold', reason: `${facts.newExamples} new examples` };
  if (facts.highPriorityFix) return { trigger: 'high_priority_fix', reason: `a high-priority fix with ${facts.waitingExamples} examples is ready` };
  return undefined;
};
