import { repliesNotKnowing, repliesRefusing } from '../diagnosis/text-cues.js';
import { affectedUsersOf, type Failure } from './failure.js';
import type { FixType, PriorityInputs } from '@ratchet/domain';

/** Past judged or rolled-out cycles of one fix type. */
export interface FixOutcomes {
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * Working days: what a fix of this type costs at all, and what each hundred failures add to it. Training examples are nearly free,
 * as users wrote them; knowledge must be checked by someone; a threshold needs a safety review; retrieval is engineering.
 */
const effortDays: Record<FixType, { readonly base: number; readonly perHundred: number }> = {
  training_examples: { base: 0.25, perHundred: 0.05 },
  knowledge_entries: { base: 0.5, perHundred: 0.25 },
  prompt_patch: { base: 0.5, perHundred: 0.02 },
  safety_threshold: { base: 1, perHundred: 0.1 },
  retrieval_change: { base: 2, perHundred: 0.1 },
};

export const estimateEffortDays = ({ fixType, size }: { readonly fixType: FixType; readonly size: number }): number => {
  const { base, perHundred } = effortDays[fixType];
  return base + (perHundred * size) / 100;
};

/** One failed cycle in four is assumed before any is known: Beta(1, 3), posterior mean. */
const PRIOR_FAILED = 1;
const PRIOR_SUCCEEDED = 3;
/** How much of the remaining safety a cluster loses that lies wholly among answers that the model serves. */
const CLOSENESS_WEIGHT = 0.2;

/**
 * Share of failures whose reply was one of the model's real answers. Where it said that it does not know, a fix adds an answer;
 * where it gave another one with confidence, a fix moves a border that well-served traffic lies beside.
 */
export const closenessToServedTraffic = (failures: readonly Pick<Failure, 'response'>[]): number =>
  failures.length === 0 ? 0 : failures.filter(({ response }) => response !== '' && !repliesNotKnowing(response) && !repliesRefusing(response)).length / failures.length;

/** 1 − (1 − p)(1 − 0.2·closeness), where p is the Beta-smoothed share of this fix type's cycles that failed. */
export const estimateRegressionRisk = ({ outcomes, closeness }: { readonly outcomes: FixOutcomes; readonly closeness: number }): number => {
  const pastFailure = (outcomes.failed + PRIOR_FAILED) / (outcomes.failed + outcomes.succeeded + PRIOR_FAILED + PRIOR_SUCCEEDED);
  return 1 - (1 - pastFailure) * (1 - CLOSENESS_WEIGHT * closeness);
};

export const meanSeverity = (failures: readonly Pick<Failure, 'severity'>[]): number =>
  failures.length === 0 ? 0 : failures.reduce((sum, { severity }) => sum + severity, 0) / failures.length;

/** The four numbers of the priority formula, all from data. */
export const estimatePriorityInputs = ({ failures, fixType, outcomes }: { readonly failures: readonly Failure[]; readonly fixType: FixType; readonly outcomes: FixOutcomes }): PriorityInputs => ({
  affectedUsers: affectedUsersOf(failures),
  severity: meanSeverity(failures),
  estimatedEffort: estimateEffortDays({ fixType, size: failures.length }),
  regressionRisk: estimateRegressionRisk({ outcomes, closeness: closenessToServedTraffic(failures) }),
});
