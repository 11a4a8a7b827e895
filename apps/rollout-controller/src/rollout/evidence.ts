import { type ArmCounts, type EvidenceRecord, emptyHistogram, type Histogram, histogramQuantile, mergeHistograms } from '@ratchet/domain';
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
}

export const emptyTally = (): ArmTally => ({ units: 0, failedUnits: 0, requests: 0, errors: 0, outcomes: 0, failures: 0, unsafe: 0, latencyMs: emptyHistogram() });

export const addTallies = (a: ArmTally, b: ArmTally): ArmTally => ({
  units: a.units + b.units,
  failedUnits: a.failedUnits + b.failedUnits,
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  outcomes: a.outcomes + b.outcomes,
  failures: a.failures + b.failures,
  unsafe: a.unsafe + b.unsafe,
  latencyMs: mergeHistograms(a.latencyMs, b.latencyMs),
});

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

const countsOf = ({ units, failedUnits, outcomes, failures, errors, unsafe, latencyMs }: ArmTally): ArmCounts => ({
  units,
  failedUnits,
  outcomes,
  failures,
  errors,
  unsafe,
  latencyP95Ms: histogramQuantile(latencyMs, 0.95) ?? null,
});

/** Counts of the current stage only (sums over stages with different splits would mislead), and every test with its threshold. */
export const recordOf = ({ candidate, baseline }: Pick<Comparison, 'candidate' | 'baseline'>, tests: EvidenceRecord['tests']): EvidenceRecord => ({
  candidate: countsOf(candidate),
  control: countsOf(baseline),
  tests,
  formulaVersion: FORMULA_VERSION,
});
