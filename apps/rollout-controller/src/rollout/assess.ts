import type { EvidenceRecord } from '@ratchet/domain';
import type { CheckResult } from './check-result.js';
import { type CheckResults, runChecks } from './checks.js';
import { comparisonOf, type Evidence, recordOf, tallyOfStage } from './evidence.js';
import { lastStageOf, type RolloutPolicy, USUAL_REFERENCES } from './rollout-policy.js';
import type { HoldReason, RolloutState } from './rollout-state.js';

/** What the evidence says now, before anybody acts on it. */
export type Assessment =
  | { readonly verdict: 'ROLLBACK'; readonly metric: string; readonly message: string; readonly record: EvidenceRecord }
  | { readonly verdict: 'HOLD'; readonly reason: HoldReason; readonly message: string; readonly overdue: boolean; readonly record: EvidenceRecord }
  | { readonly verdict: 'ADVANCE'; readonly message: string; readonly record: EvidenceRecord };

interface AssessmentRequest {
  readonly state: RolloutState;
  readonly evidence: Evidence;
  readonly policy: RolloutPolicy;
  /** Epoch milliseconds. */
  readonly now: number;
}

const rowsOf = ({ safety, sampleRatio, harm, proof }: CheckResults): EvidenceRecord['tests'] => {
  const rows = [safety, sampleRatio, ...harm, ...proof.map((check) => ({ ...check, name: `${check.name}_proof` }))];
  return rows.map(({ name, value, lower, upper, threshold, verdict }) => ({ name, value, lower, upper, threshold, verdict }));
};

/** Why the stage may not be left yet; null where its minimum sample and time are reached. */
const tooEarly = ({ state, evidence, policy, now }: AssessmentRequest): string | null => {
  const { stage } = state;
  const last = lastStageOf(policy);
  const { candidate, baseline } = comparisonOf(tallyOfStage(evidence, stage), policy);
  const needed = policy.minSamples[stage - 1] ?? 0;
  if (candidate.units < needed) return `${candidate.units} of ${needed} conversations of the candidate have settled`;
  // During the bake the holdback is small by design; before it, no harm seen means nothing without a comparison.
  const neededBaseline = Math.min(needed, policy.minTestSample);
  if (stage < last && baseline.units < neededBaseline) return `${baseline.units} of ${neededBaseline} conversations of the comparison have settled`;
  const stay = stage === last ? policy.bakeMs : (policy.minSoakMs[stage - 1] ?? 0);
  const left = (state.stageEnteredAt ?? now) + stay - now;
  return left > 0 ? `the stage lasts ${Math.ceil(left / 1000)} s more` : null;
};

const firstHarm = (checks: readonly CheckResult[]): CheckResult | undefined => checks.find(({ verdict }) => verdict === 'harm');

/** Data is missing past its deadline: only the candidate's (`stale`), or everybody's, which says nothing about the candidate (`provider`). */
const silenceOf = ({ state, evidence, policy, now }: AssessmentRequest): { readonly reason: 'stale' | 'provider'; readonly message: string } | null => {
  const since = Math.max(state.stageEnteredAt ?? now, state.deadlineFrom ?? 0);
  const silentMs = (lastDataAt: number | null): number => now - Math.max(lastDataAt ?? 0, since);
  const ours = silentMs(evidence.lastCandidateDataAt);
  if (ours <= policy.noDataDeadlineMs) return null;
  const all = evidence.lastDataAt === undefined ? 0 : silentMs(evidence.lastDataAt);
  if (all > policy.noDataDeadlineMs) return { reason: 'provider', message: `no data of any arm for ${Math.floor(all / 1000)} s: their source is away` };
  return { reason: 'stale', message: `no data of the candidate for ${Math.floor(ours / 1000)} s` };
};

/**
 * The order of the checks at every evaluation, whatever the stage's minimum stay: safety, harm, then what only holds the
 * advance (a broken split, silence, too little, no proof). A broken split never hides a harm.
 */
export const assess = (request: AssessmentRequest): Assessment => {
  const { state, evidence, policy, now } = request;
  const { stage } = state;
  const last = lastStageOf(policy);
  const checks = runChecks({ evidence, stage, fromStage: state.evidenceFromStage, policy, references: state.references ?? USUAL_REFERENCES });
  const record = recordOf(comparisonOf(tallyOfStage(evidence, stage), policy), rowsOf(checks));
  const overdue = now - (state.deadlineFrom ?? now) > policy.maxStageMs;
  const hold = (reason: HoldReason, message: string): Assessment => ({ verdict: 'HOLD', reason, message, overdue, record });

  const harm = firstHarm([checks.safety, ...checks.harm]);
  if (harm) return { verdict: 'ROLLBACK', metric: harm.name, message: harm.message, record };
  if (checks.sampleRatio.verdict === 'broken' && state.srmAcceptedStage !== stage) return hold('srm', `the split is broken: ${checks.sampleRatio.message}`);

  const silence = silenceOf(request);
  if (silence?.reason === 'stale' && policy.onNoData === 'rollback') return { verdict: 'ROLLBACK', metric: 'no_data', message: silence.message, record };
  if (silence) return hold(silence.reason, silence.message);
  const early = tooEarly(request);
  if (early !== null) return hold('insufficient', early);
  const unproven = checks.proof.find(({ verdict }) => verdict !== 'proven' && verdict !== 'ok');
  if (unproven) return hold('inconclusive', `not yet proven: ${unproven.message}`);
  return { verdict: 'ADVANCE', message: stage === last ? 'the bake time passed without harm' : 'no harm, and the minimum sample and time are reached', record };
};
