import { priorityOf, type Estimate, type FixType, type PriorityInputs } from '@ratchet/domain';
import { estimateAffectedUsers, FULL_COVERAGE, type Coverage } from './affected-users.js';
import { estimateEffort, type PastEffort } from './effort.js';
import { propagate } from './quantiles.js';
import { closenessToServedTraffic, estimateRegressionRisk, type FixOutcomes } from './regression-risk.js';
import { estimateSeverity } from './severity.js';
import type { Failure } from '../analysis/failure.js';

const DRAWS = 2_000;
const SEED = 20_260_101;

export interface PriorityEstimates {
  readonly inputs: PriorityInputs;
  readonly priority: number;
  readonly estimates: Record<keyof PriorityInputs | 'priority', Estimate>;
}

/** What priorities are estimated from, besides the failures. */
export interface PriorityContext {
  readonly fixType: FixType;
  readonly outcomes: FixOutcomes;
  readonly past?: readonly PastEffort[];
  readonly coverage?: Coverage;
}

/**
 * The four numbers of the priority formula with their 90 % ranges, and the priority that the formula gives for the four values. The priority's range is
 * propagated by 2,000 seeded draws from the four beliefs, taken as independent; its ends always enclose the value.
 */
export const estimatePriority = (failures: readonly Failure[], { fixType, outcomes, past = [], coverage = FULL_COVERAGE }: PriorityContext): PriorityEstimates => {
  const affectedUsers = estimateAffectedUsers(failures, coverage);
  const severity = estimateSeverity(failures);
  const estimatedEffort = estimateEffort({ fixType, size: failures.length, past });
  const regressionRisk = estimateRegressionRisk({ outcomes, closeness: closenessToServedTraffic(failures) });
  const inputs = {
    affectedUsers: affectedUsers.estimate.value, severity: severity.estimate.value, estimatedEffort: estimatedEffort.estimate.value, regressionRisk: regressionRisk.estimate.value,
  };
  const priority = priorityOf(inputs);
  const { low, high } = propagate({
    inputs: [affectedUsers.quantile, severity.quantile, estimatedEffort.quantile, regressionRisk.quantile],
    combine: ([users = 0, harm = 0, days = 0, risk = 0]) => priorityOf({ affectedUsers: users, severity: harm, estimatedEffort: days, regressionRisk: risk }),
    draws: DRAWS, seed: SEED,
  });
  return {
    inputs, priority,
    estimates: {
      affectedUsers: affectedUsers.estimate, severity: severity.estimate, estimatedEffort: estimatedEffort.estimate, regressionRisk: regressionRisk.estimate,
      priority: { value: priority, low: Math.min(low, priority), high: Math.max(high, priority), n: failures.length, basis: `the formula on the four values; range by ${DRAWS} draws from their ranges` },
    },
  };
};
