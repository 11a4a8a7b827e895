import { type ArmCounts, type EvidenceRecord, emptyHistogram, type Histogram, histogramQuantile, mergeHistograms } from '@ratchet/domain';
import { addUnits, noUnits, type UnitSums } from '@ratchet/stats';
import { FORMULA_VERSION, type RolloutPolicy, shareOf } from './rollout-policy.js';

/** What was counted for one arm in one stage. A unit is a settled conversation. */
export interface ArmTally {
  readonly units: number;
  readonly failedUnits: number;
  readonly requests: number;
  /** A request that another version answered counts: it is an error of the version it was assigned to. */
  readonly errors: number;
  readonly outcomes: number;
  readonly failures: number;
  readonly unsafe: number;
  readonly latencyMs: Histogram;
  /** Of the requests that say what they cost: how many, and the sums of cost and of cost squared, in US dollars. */
  readonly costCount: number;
  readonly costSum: number;
  readonly costSquares: number;
  /** Requests of the settled conversations, and their squares: how far requests are bundled. */
  readonly unitRequests: number;
  readonly unitRequestsSquared: number;
  /** By evaluator and who scored: of each scored conversation y, the sum of its scores, and n, their number, both weighted by the inverse of the chance to be scored. */
  readonly quality: Readonly<Record<string, UnitSums>>;
  /** Where users are the assignment unit. */
  readonly users?: ArmUsers;
}

/** The users of an arm. Conversations without a user id are in none of these numbers. */
export interface ArmUsers {
  /** Users of this stage, and their settled conversations. */
  readonly seen: number;
  readonly conversations: number;
  /** Those of them who were in no arm of this rollout before. */
  readonly firstSeen: number;
  /** Over all stages of the rollout: failed conversations y of n, by user. */
  readonly overall: UnitSums;
}

export interface StageTally {
  readonly stage: number;
  readonly candidate: ArmTally;
  readonly control: ArmTally;
  /** Concurrent traffic on the champion outside both arms. */
  readonly rest: ArmTally;
}

export interface Evidence {
  readonly stages: readonly StageTally[];
  /** When the candidate's last counts arrived, in epoch milliseconds. */
  readonly lastCandidateDataAt: number | null;
  /** The same of any arm; absent where it is not known. */
  readonly lastDataAt?: number | null;
  /** The last record of each partition that is counted in it. */
  readonly offsets?: EvidenceRecord['offsets'];
}

export const emptyTally = (): ArmTally => ({
  units: 0, failedUnits: 0, requests: 0, errors: 0, outcomes: 0, failures: 0, unsafe: 0, latencyMs: emptyHistogram(), costCount: 0, costSum: 0, costSquares: 0, unitRequests: 0, unitRequestsSquared: 0, quality: {},
});

/** Quality sums of both, evaluator by evaluator. */
export const addQuality = (a: ArmTally['quality'], b: ArmTally['quality']): ArmTally['quality'] => {
  const all: Record<string, UnitSums> = { ...a };
  for (const [evaluator, sums] of Object.entries(b)) all[evaluator] = addUnits(all[evaluator] ?? noUnits, sums);
  return all;
};

export const addTallies = (a: ArmTally, b: ArmTally): ArmTally => ({
  units: a.units + b.units,
  failedUnits: a.failedUnits + b.failedUnits,
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  outcomes: a.outcomes + b.outcomes,
  failures: a.failures + b.failures,
  unsafe: a.unsafe + b.unsafe,
  latencyMs: mergeHistograms(a.latencyMs, b.latencyMs),
  costCount: a.costCount + b.costCount,
  costSum: a.costSum + b.costSum,
  costSquares: a.costSquares + b.costSquares,
  unitRequests: a.unitRequests + b.unitRequests,
  unitRequestsSquared: a.unitRequestsSquared + b.unitRequestsSquared,
  quality: addQuality(a.quality, b.quality),
  ...addUsers(a.users, b.users),
});

/** Of two arms of a stage: nobody is in both. */
const addUsers = (a: ArmUsers | undefined, b: ArmUsers | undefined): Pick<ArmTally, 'users'> => {
  const users = a ?? b;
  if (users === undefined) return {};
  if (a === undefined || b === undefined) return { users };
  return { users: { seen: a.seen + b.seen, conversations: a.conversations + b.conversations, firstSeen: a.firstSeen + b.firstSeen, overall: addUnits(a.overall, b.overall) } };
};

export const noEvidence: Evidence = { stages: [], lastCandidateDataAt: null };

/** Candidate and what it is compared with: concurrent, of the same stage. */
export interface Comparison {
  readonly stage: number;
  readonly candidate: ArmTally;
  readonly baseline: ArmTally;
}

/** The comparison of a stage: its equal-size control arm, or all of the champion's traffic where the policy says so. */
export const comparisonOf = (tally: StageTally, policy: RolloutPolicy): Comparison => ({
  stage: tally.stage,
  candidate: tally.candidate,
  baseline: shareOf(policy, tally.stage) < policy.productionBaselineBelowShare ? addTallies(tally.control, tally.rest) : tally.control,
});

export const tallyOfStage = (evidence: Evidence, stage: number): StageTally =>
  evidence.stages.find((tally) => tally.stage === stage) ?? { stage, candidate: emptyTally(), control: emptyTally(), rest: emptyTally() };

const countsOf = ({ units, failedUnits, outcomes, failures, errors, unsafe, latencyMs, costCount, costSum, quality, users }: ArmTally): ArmCounts => {
  const scored = Object.values(quality).reduce(addUnits, noUnits);
  return {
    units,
    failedUnits,
    outcomes,
    failures,
    errors,
    unsafe,
    latencyP95Ms: histogramQuantile(latencyMs, 0.95) ?? null,
    ...(scored.units > 0 && { quality: { mean: scored.sumY / scored.sumN, count: scored.units } }),
    ...(costCount > 0 && { costUsd: { mean: costSum / costCount, count: costCount } }),
    ...(users && { users: users.seen }),
  };
};

/** Counts of the current stage only (sums over stages with different splits would mislead), and every test with its threshold. */
export const recordOf = ({ candidate, baseline }: Pick<Comparison, 'candidate' | 'baseline'>, tests: EvidenceRecord['tests']): EvidenceRecord => ({
  candidate: countsOf(candidate),
  control: countsOf(baseline),
  tests,
  formulaVersion: FORMULA_VERSION,
});
