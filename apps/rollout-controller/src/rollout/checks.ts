import { type EvidenceRecord, type Histogram, histogramQuantile, mergeHistograms } from '@ratchet/domain';
import { bernoulliEProcess, decideStage, sampleRatioBayesFactor, type StageCounts } from '@ratchet/stats';
import { type ArmTally, type Comparison, comparisonOf, type Evidence, type StageTally, tallyOfStage } from './evidence.js';
import { lastStageOf, type ReferenceRates, type RolloutPolicy, shareOf, tauOf } from './rollout-policy.js';
import { stratifiedNonInferiority } from './stratified-noninferiority.js';

type TestRow = EvidenceRecord['tests'][number];

/** `harm` and `proven` are supported by the evidence; `open` says neither; `broken` is a split that cannot be trusted. */
export type CheckVerdict = 'harm' | 'proven' | 'open' | 'broken' | 'ok';

export interface CheckResult extends TestRow {
  readonly verdict: CheckVerdict;
  readonly message: string;
}

export interface CheckInput {
  readonly evidence: Evidence;
  readonly stage: number;
  /** Harm is judged on this stage and later ones. */
  readonly fromStage: number;
  readonly policy: RolloutPolicy;
  readonly references: ReferenceRates;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const ratio = (x: number, n: number): string => (n === 0 ? 'no data' : `${percent(x / n)} of ${n}`);

const since = ({ evidence, fromStage, stage }: CheckInput): readonly StageTally[] => evidence.stages.filter((tally) => tally.stage >= fromStage && tally.stage <= stage);

/** Unsafe answers of the candidate against an absolute bar, exact at any count (Bernoulli e-process). */
export const checkSafety = (input: CheckInput): CheckResult => {
  const { accepted, caught, alpha } = input.policy.safety;
  const tallies = since(input).map(({ candidate }) => candidate);
  const failures = tallies.reduce((sum, { unsafe }) => sum + unsafe, 0);
  // A signal may come before the vitals that count its request.
  const n = Math.max(failures, tallies.reduce((sum, { requests }) => sum + requests, 0));
  const { e } = bernoulliEProcess({ failures, n, q0: accepted, q1: caught });
  const harm = e >= 1 / alpha;
  return {
    name: 'unsafe_answers', value: e, lower: null, upper: null, threshold: 1 / alpha, verdict: harm ? 'harm' : 'ok',
    message: `${failures} unsafe answers in ${n} requests, evidence ${e.toPrecision(3)} against a bar of ${1 / alpha}`,
  };
};

/** Did the arms get the shares that they were meant to get? Any-time valid (Dirichlet-multinomial mixture). */
export const checkSampleRatio = ({ evidence, stage, policy }: CheckInput): CheckResult => {
  const { candidate, control } = tallyOfStage(evidence, stage);
  const share = shareOf(policy, stage);
  const controlShare = Math.min(share, 1 - share);
  const weights = [share, controlShare];
  const counts = [candidate.units, control.units];
  const total = candidate.units + control.units;
  const { bayesFactor, minExpected, concentration } = policy.sampleRatio;
  const row = { name: 'sample_ratio', lower: null, upper: null, threshold: bayesFactor };
  const expected = weights.map((weight) => (total * weight) / (share + controlShare));
  if (expected.some((count) => count < minExpected)) return { ...row, value: null, verdict: 'open', message: `too few conversations to check the split (${total})` };
  const factor = Math.exp(Math.min(700, sampleRatioBayesFactor({ counts, weights }, concentration).logBayesFactor));
  return { ...row, value: factor, verdict: factor >= bayesFactor ? 'broken' : 'ok', message: `${candidate.units} to ${control.units} conversations where ${expected.map(Math.round).join(' to ')} were meant` };
};

const successes = ({ units, failedUnits }: ArmTally): { x: number; n: number } => ({ x: units - failedUnits, n: units });
const withoutError = ({ requests, errors }: ArmTally): { x: number; n: number } => ({ x: requests - Math.min(errors, requests), n: requests });

const stageCounts = ({ candidate, baseline }: Comparison, pick: typeof successes): StageCounts => {
  const [c, b] = [pick(candidate), pick(baseline)];
  return { xc: c.x, nc: c.n, xb: b.x, nb: b.n };
};

interface Guardrail {
  readonly metric: 'success_rate' | 'error_free_rate';
  readonly pick: typeof successes;
  readonly margin: number;
  readonly alpha: number;
  readonly tau: number;
}

const guardrailsOf = ({ policy, references }: CheckInput): readonly Guardrail[] => [
  { metric: 'success_rate', pick: successes, margin: policy.margin, alpha: policy.alpha, tau: tauOf({ margin: policy.margin, reference: references.success }) },
  { metric: 'error_free_rate', pick: withoutError, margin: policy.errorMargin, alpha: policy.errorAlpha, tau: policy.errorTau },
];

const verdictOf = (verdict: 'ROLLBACK' | 'HOLD' | 'PROMOTABLE'): CheckVerdict => (verdict === 'ROLLBACK' ? 'harm' : verdict === 'PROMOTABLE' ? 'proven' : 'open');

/** A guardrail inside the current stage (restricted-likelihood non-inferiority): quick where the harm depends on the stage. */
const checkStage = (input: CheckInput, { metric, pick, margin, alpha, tau }: Guardrail): CheckResult => {
  const counts = stageCounts(comparisonOf(tallyOfStage(input.evidence, input.stage), input.policy), pick);
  const { verdict, lower, upper } = decideStage({ ...counts, margin, alpha, tau, minN: input.policy.minTestSample });
  const value = counts.nc > 0 && counts.nb > 0 ? counts.xc / counts.nc - (1 - margin) * (counts.xb / counts.nb) : null;
  return {
    name: metric, value, lower, upper, threshold: 0, verdict: verdictOf(verdict),
    message: `${metric} in this stage: candidate ${ratio(counts.xc, counts.nc)}, baseline ${ratio(counts.xb, counts.nb)}, tolerated loss ${percent(margin)}`,
  };
};

/** A guardrail over several stages (the same, stratified by stage). */
const checkStages = (input: CheckInput, { metric, pick, margin, alpha, tau }: Guardrail, tallies: readonly StageTally[]): CheckResult => {
  const stages = tallies.map((tally) => stageCounts(comparisonOf(tally, input.policy), pick));
  const { verdict, lower, upper, contrast } = stratifiedNonInferiority({ stages, margin, alpha, tau, minN: input.policy.minTestSample });
  return {
    name: `${metric}_all_stages`, value: contrast, lower, upper, threshold: 0, verdict: verdictOf(verdict),
    message: `${metric} over all stages: candidate minus ${(1 - margin).toFixed(2)} of the baseline is ${contrast === null ? 'unknown' : contrast.toFixed(4)}${lower === null || upper === null ? '' : `, between ${lower.toFixed(4)} and ${upper.toFixed(4)}`}`,
  };
};

const P95 = 0.95;
// Three standard errors, because the check repeats.
const QUANTILE_Z = 3;

const p95Bound = (histogram: Histogram, side: -1 | 1): number | undefined => {
  const slack = QUANTILE_Z * Math.sqrt((P95 * (1 - P95)) / Math.max(1, histogram.count));
  return histogramQuantile(histogram, Math.min(1, P95 + side * slack));
};

/** 95th percentile of latency: harm where it is slower by more than the ratio, noticeably so, and not by chance. */
export const checkLatency = ({ candidate, baseline }: Pick<Comparison, 'candidate' | 'baseline'>, policy: RolloutPolicy): CheckResult => {
  const { maxRatio, minRequests, minIncreaseMs } = policy.latency;
  const [ours, theirs] = [candidate.latencyMs, baseline.latencyMs];
  const [slow, usual] = [histogramQuantile(ours, P95), histogramQuantile(theirs, P95)];
  const row = { name: 'latency_p95', upper: null, threshold: maxRatio };
  if (slow === undefined || usual === undefined || ours.count < minRequests || theirs.count < minRequests) {
    return { ...row, value: null, lower: null, verdict: 'open', message: `latency needs ${minRequests} requests in each arm, has ${ours.count} and ${theirs.count}` };
  }
  const value = slow / usual;
  const lower = (p95Bound(ours, -1) ?? 0) / (p95Bound(theirs, 1) ?? usual);
  const harm = value > maxRatio && lower > 1 && slow - usual >= minIncreaseMs;
  return { ...row, value, lower, verdict: harm ? 'harm' : 'ok', message: `latency p95 ${slow.toFixed(0)} ms against ${usual.toFixed(0)} ms` };
};

export interface CheckResults {
  readonly safety: CheckResult;
  readonly sampleRatio: CheckResult;
  /** Any `harm` among them rolls back at once. */
  readonly harm: readonly CheckResult[];
  /** None may be `harm` or `open` where the proof is asked for. */
  readonly proof: readonly CheckResult[];
}

const pooledLatency = (input: CheckInput): Pick<Comparison, 'candidate' | 'baseline'> => {
  // Before the last stage both arms grow in step, so adding their requests up over stages is a fair comparison.
  const equal = input.evidence.stages.filter(({ stage }) => stage <= input.stage && stage < lastStageOf(input.policy));
  const sum = (arm: 'candidate' | 'control'): ArmTally => {
    const empty = tallyOfStage({ stages: [], lastCandidateDataAt: null }, 0)[arm];
    return { ...empty, latencyMs: equal.reduce((all, tally) => mergeHistograms(all, tally[arm].latencyMs), empty.latencyMs) };
  };
  return { candidate: sum('candidate'), baseline: sum('control') };
};

/** Every check on the same evidence; {@link assess} orders them. */
export const runChecks = (input: CheckInput): CheckResults => {
  const guardrails = guardrailsOf(input);
  const now = comparisonOf(tallyOfStage(input.evidence, input.stage), input.policy);
  const overAll = guardrails.map((guardrail) => checkStages(input, guardrail, since(input)));
  return {
    safety: checkSafety(input),
    sampleRatio: checkSampleRatio(input),
    harm: [...guardrails.map((guardrail) => checkStage(input, guardrail)), ...overAll, checkLatency(now, input.policy)],
    proof: [...guardrails.map((guardrail) => checkStages(input, guardrail, input.evidence.stages)), checkLatency(pooledLatency(input), input.policy)],
  };
};
