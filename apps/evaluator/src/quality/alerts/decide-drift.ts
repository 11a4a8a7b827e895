import { addDropEvidence, betOnDrop, dropThreshold, evidenceRate } from '@ratchet/stats';
import { z } from 'zod';
import { addScore, effectiveScores, mergeMoments, momentsSchema, NO_SCORES, varianceOf } from './moments.js';
import type { Moments } from './moments.js';

/**
 * What is remembered of one evaluator's scores on one version of a target.
 *
 * `learning`: the usual mean is being learnt. `watching`: each score is evidence for or against a drop below it. `dropped`: an alert is
 * open, and scores are evidence that the mean is back.
 */
export const driftStateSchema = z.object({
  phase: z.enum(['learning', 'watching', 'dropped']),
  /** Scores before it are not looked at. */
  settledAtMs: z.number(),
  baseline: momentsSchema,
  /** Nats for a drop while watching, for a recovery once dropped. */
  evidence: z.number().nonnegative(),
  /** Scores since the evidence was last at 0: a drop, if there is one, began with them. */
  recent: momentsSchema,
  recentSinceMs: z.number(),
  /** True while a decision is near: the sampler then takes more. */
  isSuspicious: z.boolean(),
});
export type DriftState = z.infer<typeof driftStateSchema>;

export interface DriftRule {
  /** After a version's first score, or its promotion, until its scores count. */
  readonly settleMs: number;
  /** The baseline takes at least this long (a whole day has all of its hours), and this many scores. */
  readonly learnMs: number;
  readonly learnScores: number;
  /** Quiet stretches go on to refine the baseline up to so many scores; from then on it stands still. */
  readonly baselineScoresMax: number;
  /** The drop of the mean that is to be found, 0 to 1. */
  readonly drop: number;
  /** How much lower the mean may be without any evidence of a drop: hours of a day and an inexact baseline differ by as much. */
  readonly tolerance: number;
  /** Scores between two false alarms, about. */
  readonly runLength: number;
  /** Nats at which more samples are asked for, and below which no longer. */
  readonly suspiciousFrom: number;
  readonly suspiciousUntil: number;
}

export interface WeightedScore {
  readonly value: number;
  /** 0 to 1, inverse to the chance of being sampled. */
  readonly weight: number;
  readonly atMs: number;
}

export interface DriftDecision {
  readonly decision: 'keep' | 'raise' | 'resolve';
  readonly reason: string;
  /** The drop is several times the one that is looked for. */
  readonly isSevere?: boolean;
}

const SEVERE_FACTOR = 3;
/** A wrong end of an alert makes another alert of the same drop, and is let happen so much more often than a false alert. */
const RECOVERY_FACTOR = 10;

export const startDrift = ({ atMs, rule }: { atMs: number; rule: DriftRule }): DriftState => ({
  phase: 'learning',
  settledAtMs: atMs + rule.settleMs,
  baseline: NO_SCORES,
  evidence: 0,
  recent: NO_SCORES,
  recentSinceMs: atMs,
  isSuspicious: false,
});

const KEEP: DriftDecision = { decision: 'keep', reason: '' };

const shown = (moments: Moments): string => `${moments.mean.toFixed(3)} (n=${moments.scores})`;

const withEvidence = (state: DriftState, evidence: number, { suspiciousFrom, suspiciousUntil }: DriftRule): DriftState => ({
  ...state,
  evidence,
  isSuspicious: evidence > 0 && evidence >= (state.isSuspicious ? suspiciousUntil : suspiciousFrom),
});

const learn = (state: DriftState, { value, weight, atMs }: WeightedScore, rule: DriftRule): DriftState => {
  const baseline = addScore(state.baseline, value, weight);
  const isLearnt = effectiveScores(baseline) >= rule.learnScores && atMs >= state.settledAtMs + rule.learnMs;
  return { ...state, baseline, ...(isLearnt && { phase: 'watching' as const, recentSinceMs: atMs }) };
};

/** Back at 0 the evidence says that nothing has changed so far: what it was about belongs to the baseline. */
const renew = (state: DriftState, rule: DriftRule): DriftState => ({
  ...withEvidence(state, 0, rule),
  baseline: state.baseline.scores >= rule.baselineScoresMax ? state.baseline : mergeMoments(state.baseline, state.recent),
  recent: NO_SCORES,
});

const watch = (state: DriftState, { value, weight, atMs }: WeightedScore, rule: DriftRule): { state: DriftState } & DriftDecision => {
  const known = { mean: state.baseline.mean - rule.tolerance, variance: varianceOf(state.baseline) };
  const drop = rule.drop - rule.tolerance;
  const evidence = addDropEvidence({ evidence: state.evidence, score: value, known, bet: betOnDrop(known, drop), weight });
  const next = { ...state, recent: addScore(state.recent, value, weight), recentSinceMs: state.recent.scores === 0 ? atMs : state.recentSinceMs };
  if (evidence === 0) return { state: renew(next, rule), ...KEEP };
  if (evidence < dropThreshold({ runLength: rule.runLength, rate: evidenceRate(known, drop) })) return { state: withEvidence(next, evidence, rule), ...KEEP };
  const since = new Date(next.recentSinceMs).toISOString();
  return {
    state: { ...withEvidence(next, 0, rule), phase: 'dropped', recent: NO_SCORES, recentSinceMs: atMs },
    decision: 'raise',
    isSevere: state.baseline.mean - next.recent.mean >= SEVERE_FACTOR * rule.drop,
    reason: `the mean is ${shown(next.recent)} since ${since}, and was ${shown(state.baseline)} before`,
  };
};

/** The same bets turned round: the mean is back when it is plainly above half the drop. */
const recover = (state: DriftState, { value, weight, atMs }: WeightedScore, rule: DriftRule): { state: DriftState } & DriftDecision => {
  const half = rule.drop / 2;
  const mirrored = { mean: 1 - (state.baseline.mean - half), variance: varianceOf(state.baseline) };
  const evidence = addDropEvidence({ evidence: state.evidence, score: 1 - value, known: mirrored, bet: betOnDrop(mirrored, half), weight });
  const recent = evidence === 0 ? NO_SCORES : addScore(state.recent, value, weight);
  const next = { ...withEvidence(state, evidence, rule), recent, recentSinceMs: state.recent.scores === 0 ? atMs : state.recentSinceMs };
  if (evidence < dropThreshold({ runLength: rule.runLength / RECOVERY_FACTOR, rate: evidenceRate(mirrored, half) })) return { state: next, ...KEEP };
  return {
    state: { ...withEvidence(next, 0, rule), phase: 'watching', recent: NO_SCORES, recentSinceMs: atMs },
    decision: 'resolve',
    reason: `the mean is ${shown(recent)} since ${new Date(next.recentSinceMs).toISOString()}, and was ${shown(state.baseline)} before the drop`,
  };
};

/** One score more. Pure: the same scores in the same order give the same states, so a restart changes nothing. */
export const decideDrift = (state: DriftState, score: WeightedScore, rule: DriftRule): { state: DriftState } & DriftDecision => {
  if (score.atMs < state.settledAtMs) return { state, ...KEEP };
  switch (state.phase) {
    case 'learning':
      return { state: learn(state, score, rule), ...KEEP };
    case 'watching':
      return watch(state, score, rule);
    case 'dropped':
      return recover(state, score, rule);
  }
};
