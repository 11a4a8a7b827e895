import { type Histogram, histogramQuantile, mergeHistograms } from '@ratchet/domain';
import { alwaysValidHalfWidth, decideStage, type StageCounts } from '@ratchet/stats';
import type { CheckResult, CheckVerdict } from './check-result.js';
import { assignedUnits, effectiveEvidence, withEnoughUsers } from './design-effect.js';
import { type ArmTally, type Comparison, comparisonOf, emptyTally, type Evidence, type StageTally, tallyOfStage } from './evidence.js';
import { type FamilyMember, holmFamily } from './harm-family.js';
import { checkMeans, type MeanGuard, meanGuardsOf, strataOf } from './mean-guards.js';
import { type GuardName, lastStageOf, type ReferenceRates, type RolloutPolicy, shareOf, tauOf } from './rollout-policy.js';
import type { MeanStratum } from './mean-contrast.js';
import { safetyEvidence } from './safety-evidence.js';
import { splitEvidence } from './split-evidence.js';
import { stratifiedNonInferiority } from './stratified-noninferiority.js';

export type { CheckResult, CheckVerdict } from './check-result.js';

export interface CheckInput {
  readonly evidence: Evidence;
  readonly stage: number;
  /** Harm is judged on this stage and later ones. */
  readonly fromStage: number;
  readonly policy: RolloutPolicy;
  readonly references: ReferenceRates;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const ratio = (x: number, n: number): string => (n === 0 ? 'no data' : `${percent(x / n)} of ${Math.round(n)}`);

const isOn = ({ guardsOff }: RolloutPolicy, guard: GuardName): boolean => !guardsOff.includes(guard);

/** Harm is judged on what no person has overridden. */
const since = <Stage extends Pick<StageTally, 'stage'>>({ fromStage, stage: current }: CheckInput, stages: readonly Stage[]): readonly Stage[] => stages.filter(({ stage }) => stage >= fromStage && stage <= current);

/** Unsafe answers of the candidate. */
export const checkSafety = (input: CheckInput): CheckResult => {
  const { unsafe, requests } = since(input, input.evidence.stages).reduce((sum, { candidate }) => ({ unsafe: sum.unsafe + candidate.unsafe, requests: sum.requests + candidate.requests }), { unsafe: 0, requests: 0 });
  const { e, n, threshold, isHarm } = safetyEvidence({ unsafe, requests }, input.policy.safety);
  return {
    name: 'unsafe_answers', value: e, lower: null, upper: null, threshold, verdict: isHarm && isOn(input.policy, 'safety') ? 'harm' : 'ok',
    message: `${unsafe} unsafe answers in ${n} requests, evidence ${e.toPrecision(3)} against a bar of ${threshold}`,
  };
};

/** Did the arms get the shares that they were meant to get? Any-time valid (Dirichlet-multinomial mixture). */
export const checkSampleRatio = ({ evidence, stage, policy }: CheckInput): CheckResult => {
  const { candidate, control } = tallyOfStage(evidence, stage);
  const share = shareOf(policy, stage);
  const controlShare = Math.min(share, 1 - share);
  const weights = [share, controlShare] as const;
  const units = candidate.users || control.users ? 'users' : 'conversations';
  const counts = [assignedUnits(candidate), assignedUnits(control)] as const;
  const { bayesFactor, minExpected, concentration } = policy.sampleRatio;
  const row = { name: 'sample_ratio', lower: null, upper: null, threshold: bayesFactor };
  const { expected, factor } = splitEvidence({ counts, weights, minExpected, concentration });
  if (factor === null) return { ...row, value: null, verdict: 'open', message: `too few ${units} to check the split (${counts[0] + counts[1]})` };
  return { ...row, value: factor, verdict: factor >= bayesFactor ? 'broken' : 'ok', message: `${counts[0]} to ${counts[1]} ${units} where ${expected.map(Math.round).join(' to ')} were meant` };
};

const successes = ({ units, failedUnits }: ArmTally): { x: number; n: number } => ({ x: units - failedUnits, n: units });
const withoutError = ({ requests, errors }: ArmTally): { x: number; n: number } => ({ x: requests - Math.min(errors, requests), n: requests });

const stageCounts = ({ candidate, baseline }: Comparison, pick: typeof successes): StageCounts => {
  const [c, b] = [pick(candidate), pick(baseline)];
  return { xc: c.x, nc: c.n, xb: b.x, nb: b.n };
};

interface Level {
  readonly alpha: number;
  /** No verdict below this many outcomes in either arm. */
  readonly minN: number;
}

interface Guardrail {
  readonly guard: 'success' | 'errors';
  readonly metric: 'success_rate' | 'error_free_rate';
  readonly pick: typeof successes;
  readonly margin: number;
  readonly tau: number;
}

const guardrailsOf = ({ policy, references }: CheckInput): readonly Guardrail[] =>
  [
    { guard: 'success', metric: 'success_rate', pick: successes, margin: policy.margin, tau: tauOf({ margin: policy.margin, reference: references.success }) } as const,
    { guard: 'errors', metric: 'error_free_rate', pick: withoutError, margin: policy.errorMargin, tau: policy.errorTau } as const,
  ].filter(({ guard }) => !policy.guardsOff.includes(guard));

/** The same against any loss at all, where the policy says so. */
const forHarm = (guardrail: Guardrail, { policy, references }: CheckInput): Guardrail => {
  if (!policy.thresholdZero.includes(guardrail.guard)) return guardrail;
  const tau = guardrail.guard === 'success' ? tauOf({ margin: guardrail.margin, reference: references.success, boundary: 0 }) : Math.min(guardrail.tau, guardrail.margin / 2);
  return { ...guardrail, margin: 0, tau };
};

const verdictOf = (verdict: 'ROLLBACK' | 'HOLD' | 'PROMOTABLE'): CheckVerdict => (verdict === 'ROLLBACK' ? 'harm' : verdict === 'PROMOTABLE' ? 'proven' : 'open');

/** A guardrail inside the current stage (restricted-likelihood non-inferiority): quick where the harm depends on the stage. */
const checkStage = (comparison: Comparison, { metric, pick, margin, tau }: Guardrail, { alpha, minN }: Level): CheckResult => {
  const counts = stageCounts(comparison, pick);
  const { verdict, lower, upper } = decideStage({ ...counts, margin, alpha, tau, minN });
  const value = counts.nc > 0 && counts.nb > 0 ? counts.xc / counts.nc - (1 - margin) * (counts.xb / counts.nb) : null;
  return {
    name: metric, value, lower, upper, threshold: 0, verdict: verdictOf(verdict),
    message: `${metric} in this stage: candidate ${ratio(counts.xc, counts.nc)}, baseline ${ratio(counts.xb, counts.nb)}, tolerated loss ${percent(margin)}`,
  };
};

/** A guardrail over several stages (the same, stratified by stage). */
const checkStages = (comparisons: readonly Comparison[], { metric, pick, margin, tau }: Guardrail, { alpha, minN }: Level): CheckResult => {
  const stages = comparisons.map((comparison) => stageCounts(comparison, pick));
  const { verdict, lower, upper, contrast } = stratifiedNonInferiority({ stages, margin, alpha, tau, minN });
  return {
    name: `${metric}_all_stages`, value: contrast, lower, upper, threshold: 0, verdict: verdictOf(verdict),
    message: `${metric} over all stages: candidate minus ${(1 - margin).toFixed(2)} of the baseline is ${contrast === null ? 'unknown' : contrast.toFixed(4)}${lower === null || upper === null ? '' : `, between ${lower.toFixed(4)} and ${upper.toFixed(4)}`}`,
  };
};

const P95 = 0.95;
/** Scale of the always-valid bound around a quantile's rank: tightest at some hundred requests. */
const QUANTILE_TAU = 0.025;

const p95Bound = (histogram: Histogram, side: -1 | 1, alpha: number): number | undefined => {
  const slack = alwaysValidHalfWidth({ variance: (P95 * (1 - P95)) / Math.max(1, histogram.count), tau: QUANTILE_TAU, alpha });
  return histogramQuantile(histogram, Math.min(1, P95 + side * slack));
};

/** 95th percentile of latency: harm where it is slower by more than the ratio, noticeably so, and not by chance. */
export const checkLatency = ({ candidate, baseline }: Pick<Comparison, 'candidate' | 'baseline'>, policy: RolloutPolicy, alpha: number): CheckResult => {
  const { maxRatio, minRequests, minIncreaseMs } = policy.latency;
  const [ours, theirs] = [candidate.latencyMs, baseline.latencyMs];
  const [slow, usual] = [histogramQuantile(ours, P95), histogramQuantile(theirs, P95)];
  const row = { name: 'latency_p95', upper: null, threshold: maxRatio };
  if (slow === undefined || usual === undefined || ours.count < minRequests || theirs.count < minRequests) {
    return { ...row, value: null, lower: null, verdict: 'open', message: `latency needs ${minRequests} requests in each arm, has ${ours.count} and ${theirs.count}` };
  }
  const value = slow / usual;
  // Both ranks are bounded, so each gets half of alpha.
  const lower = (p95Bound(ours, -1, alpha / 2) ?? 0) / (p95Bound(theirs, 1, alpha / 2) ?? usual);
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

/** Before the last stage both arms grow in step, so adding their requests up over stages is a fair comparison. */
const pooledLatency = ({ evidence, stage: current, policy }: CheckInput): Pick<Comparison, 'candidate' | 'baseline'> => {
  const equal = evidence.stages.filter(({ stage }) => stage <= current && stage < lastStageOf(policy));
  const sum = (arm: 'candidate' | 'control'): ArmTally => ({ ...emptyTally(), latencyMs: equal.reduce((all, tally) => mergeHistograms(all, tally[arm].latencyMs), emptyTally().latencyMs) });
  return { candidate: sum('candidate'), baseline: sum('control') };
};

interface Measured {
  readonly input: CheckInput;
  /** Of every stage. */
  readonly comparisons: readonly Comparison[];
  readonly now: Comparison;
  readonly means: readonly { readonly guard: MeanGuard; readonly strata: readonly MeanStratum[] }[];
}

/** The guards that share alpha, each with its weight and all its rows. */
const familyOf = ({ input, comparisons, now, means: measured }: Measured): readonly FamilyMember<CheckResult>[] => {
  const { policy } = input;
  const minN = policy.minTestSample;
  const counted = since(input, comparisons);
  const rates = guardrailsOf(input).map((guardrail) => ({
    weight: policy.weights[guardrail.guard],
    look: (alpha: number) => [checkStage(now, guardrail, { alpha, minN }), checkStages(counted, forHarm(guardrail, input), { alpha, minN })],
  }));
  const means = measured.map(({ guard, strata }) => ({ weight: guard.weight, look: (alpha: number) => checkMeans(guard, since(input, strata), { alpha, side: 'harm' }) }));
  const latency = { weight: policy.weights.latency, look: (alpha: number) => [checkLatency(now, policy, alpha)] };
  return [...rates, ...means, ...(isOn(policy, 'latency') ? [latency] : [])];
};

/** What must be proven, each at the whole alpha: a false promotion needs all of them to be wrong at once. */
const proofOf = ({ input, comparisons, means }: Measured): readonly CheckResult[] => {
  const { policy } = input;
  const level = { alpha: policy.alpha, minN: policy.minTestSample };
  return [
    ...guardrailsOf(input).map((guardrail) => withEnoughUsers(checkStages(comparisons, guardrail, level), input)),
    ...means.flatMap(({ guard, strata }) => checkMeans(guard, strata, { alpha: policy.alpha, side: 'proof' })),
    ...(isOn(policy, 'latency') ? [checkLatency(pooledLatency(input), policy, policy.alpha)] : []),
  ];
};

/** Every check on the same evidence; {@link assess} orders them. The proof is empty where no stage asks for it. */
export const runChecks = (input: CheckInput): CheckResults => {
  const { policy, stage } = input;
  const evidence = effectiveEvidence(input.evidence);
  const comparisons = evidence.stages.map((tally) => comparisonOf(tally, policy));
  const now = comparisons.find((comparison) => comparison.stage === stage) ?? comparisonOf(tallyOfStage(evidence, stage), policy);
  const means = meanGuardsOf(policy).map((guard) => ({ guard, strata: strataOf(guard, comparisons) }));
  const measured: Measured = { input, comparisons, now, means };
  return {
    safety: checkSafety(input),
    sampleRatio: checkSampleRatio(input),
    harm: holmFamily(familyOf(measured), policy.alpha),
    proof: stage === lastStageOf(policy) - 1 ? proofOf(measured) : [],
  };
};
