import { describe, expect, it } from '@jest/globals';
import { histogramOf } from '@ratchet/domain';
import { assess } from './assess.js';
import type { ArmTally, StageTally } from './evidence.js';
import { arm, costs, evidenceOf, identity, quickPolicy, scores, SECOND_MS, START, tally } from './rollout-driver.fixture.js';
import type { RolloutPolicy } from './rollout-policy.js';
import { newRollout, type RolloutState } from './rollout-state.js';

const LATER = START + 60 * SECOND_MS;

const running = (stage: number, differs: Partial<RolloutState> = {}): RolloutState => ({
  ...newRollout(identity, START),
  status: 'RUNNING',
  stage,
  stageEnteredAt: START,
  deadlineFrom: START,
  references: { success: 0.85 },
  ...differs,
});

const verdictOf = ({ stage = 1, stages, now = LATER, seenAt = now, anySeenAt, policy = {}, differs = {} }: { stage?: number; stages: readonly StageTally[]; now?: number; seenAt?: number | null; anySeenAt?: number | null; policy?: Partial<RolloutPolicy>; differs?: Partial<RolloutState> }) => {
  const assessment = assess({ state: running(stage, differs), evidence: { ...evidenceOf(stages, seenAt), ...(anySeenAt !== undefined && { lastDataAt: anySeenAt }) }, policy: quickPolicy(policy), now });
  if (assessment.verdict === 'ROLLBACK') return `ROLLBACK ${assessment.metric}`;
  return assessment.verdict === 'HOLD' ? `HOLD ${assessment.reason}${assessment.overdue ? ' overdue' : ''}` : 'ADVANCE';
};

const fine = (stage: number, n = 200) => tally(stage, arm(n), arm(n));

describe('assess', () => {
  it('holds without any data, and never takes silence for success', () => {
    expect(verdictOf({ stages: [], seenAt: null })).toBe('HOLD insufficient');
  });

  it('calls data stale after the deadline, and resumes with it', () => {
    const now = START + 31 * 60 * SECOND_MS;
    expect(verdictOf({ stages: [fine(1)], now, seenAt: START })).toBe('HOLD stale');
    expect(verdictOf({ stages: [fine(1)], now, seenAt: now - SECOND_MS })).toBe('ADVANCE');
  });

  it('rolls back on silence only where the policy says so', () => {
    const now = START + 31 * 60 * SECOND_MS;
    expect(verdictOf({ stages: [fine(1)], now, seenAt: START, policy: { onNoData: 'rollback' } })).toBe('ROLLBACK no_data');
  });

  it('blames the source where nobody has data, and the candidate where others have', () => {
    const now = START + 31 * 60 * SECOND_MS;
    const silent = { stages: [fine(1)], now, seenAt: START };
    expect(verdictOf({ ...silent, anySeenAt: START })).toBe('HOLD provider');
    expect(verdictOf({ ...silent, seenAt: null, anySeenAt: null })).toBe('HOLD provider');
    expect(verdictOf({ ...silent, anySeenAt: now - SECOND_MS })).toBe('HOLD stale');
  });

  it('never rolls back because the source is away', () => {
    const now = START + 31 * 60 * SECOND_MS;
    const silent = { stages: [fine(1)], now, seenAt: START, policy: { onNoData: 'rollback' as const } };
    expect(verdictOf({ ...silent, anySeenAt: START })).toBe('HOLD provider');
    expect(verdictOf({ ...silent, anySeenAt: now })).toBe('ROLLBACK no_data');
  });

  it.each([
    ['too few conversations of the candidate', { stages: [tally(1, arm(49), arm(60))] }],
    ['too few conversations to compare with', { stages: [tally(1, arm(60), arm(38))] }],
    ['too little time', { stages: [fine(1)], now: START + SECOND_MS }],
  ])('holds on %s', (_, situation) => {
    expect(verdictOf(situation)).toBe('HOLD insufficient');
  });

  it('advances an early stage on no harm, minimum sample and time, without a proof', () => {
    expect(verdictOf({ stages: [fine(1, 50)] })).toBe('ADVANCE');
    expect(verdictOf({ stage: 2, stages: [fine(1, 50), fine(2)] })).toBe('ADVANCE');
  });

  it('demands the proof before the last stage, from the evidence of all stages', () => {
    const thin = [fine(1, 50), fine(2), fine(3), fine(4)];
    expect(verdictOf({ stage: 4, stages: thin })).toBe('HOLD inconclusive');
    expect(verdictOf({ stage: 4, stages: [fine(1, 50), fine(2), fine(3, 800), fine(4, 1500)] })).toBe('ADVANCE');
  });

  it('demands the proof of few errors as well', () => {
    const errors = (n: number) => arm(n, 0.15, { errors: Math.round(n * 0.018) });
    const stages = [fine(1, 50), fine(2), tally(3, errors(800), arm(800)), tally(4, errors(1500), arm(1500))];
    expect(verdictOf({ stage: 4, stages })).toBe('HOLD inconclusive');
  });

  it('rolls back at once on a supported loss of success, in the middle of the minimum stay', () => {
    expect(verdictOf({ stages: [tally(1, arm(200, 0.4), arm(200))], now: START + 1 })).toBe('ROLLBACK success_rate');
  });

  it('rolls back on unsafe answers before anything else', () => {
    const bad = arm(100, 0.6, { unsafe: 3, errors: 60 });
    expect(verdictOf({ stages: [tally(1, bad, arm(100))], now: START + 1 })).toBe('ROLLBACK unsafe_answers');
  });

  it('rolls back on errors', () => {
    expect(verdictOf({ stages: [tally(1, arm(300, 0.15, { errors: 40 }), arm(300))], now: START + 1 })).toBe('ROLLBACK error_free_rate');
  });

  it('rolls back on latency', () => {
    const slow = arm(300, 0.15, { latencyMs: histogramOf(Array.from({ length: 300 }, () => 900)) });
    expect(verdictOf({ stages: [tally(1, slow, arm(300))] })).toBe('ROLLBACK latency_p95');
  });

  it('holds on a broken split, until a person accepts it for that stage', () => {
    const stages = [tally(1, arm(500), arm(250))];
    expect(verdictOf({ stages })).toBe('HOLD srm');
    expect(verdictOf({ stages, differs: { srmAcceptedStage: 1 } })).toBe('ADVANCE');
    expect(verdictOf({ stages, differs: { srmAcceptedStage: 2 } })).toBe('HOLD srm');
  });

  it('never lets a broken split hide a harm', () => {
    expect(verdictOf({ stages: [tally(1, arm(500, 0.4), arm(250))] })).toBe('ROLLBACK success_rate');
  });

  it('rolls back on harm although data has gone stale', () => {
    expect(verdictOf({ stages: [tally(1, arm(200, 0.4), arm(200))], now: START + 3_000 * SECOND_MS, seenAt: START })).toBe('ROLLBACK success_rate');
  });

  it('finds a harm that only all stages together prove', () => {
    const loss = (stage: number) => tally(stage, arm(200, 0.29), arm(200, 0.15));
    expect(verdictOf({ stage: 2, stages: [loss(2)] })).toBe('ADVANCE');
    expect(verdictOf({ stage: 4, stages: [loss(1), loss(2), loss(3), loss(4)] })).toBe('ROLLBACK success_rate_all_stages');
  });

  it('asks for a person after the longest stay, and never ships for lack of a verdict', () => {
    const now = START + 3_700 * SECOND_MS;
    expect(verdictOf({ stages: [tally(1, arm(20), arm(20))], now, seenAt: now })).toBe('HOLD insufficient overdue');
  });

  it('bakes for its time, with the holdback as comparison', () => {
    const baking = tally(5, arm(400), arm(21));
    expect(verdictOf({ stage: 5, stages: [baking], now: START + 2 * SECOND_MS })).toBe('HOLD insufficient');
    expect(verdictOf({ stage: 5, stages: [baking], now: START + 3 * SECOND_MS })).toBe('ADVANCE');
    expect(verdictOf({ stage: 5, stages: [tally(5, arm(1900, 0.5), arm(100))], now: START + 1 })).toBe('ROLLBACK success_rate');
  });

  it('compares with all of production where the policy finds a stage too small', () => {
    const small = { ...tally(1, arm(170, 0.33), arm(170, 0.16)), rest: arm(16_000, 0.15) };
    expect(verdictOf({ stages: [small] })).toBe('ADVANCE');
    expect(verdictOf({ stages: [small], policy: { productionBaselineBelowShare: 0.05 } })).toBe('ROLLBACK success_rate');
  });

  it('rolls back on quality and on cost, over all stages', () => {
    const poor = { relevance: scores(200, 0.6) };
    const good = { relevance: scores(200, 0.8) };
    expect(verdictOf({ stages: [tally(1, arm(200, 0.15, { quality: poor }), arm(200, 0.15, { quality: good }))] })).toBe('ROLLBACK quality_relevance');
    expect(verdictOf({ stages: [tally(1, arm(300, 0.15, costs(300, 0.02)), arm(300, 0.15, costs(300, 0.01)))] })).toBe('ROLLBACK cost_usd');
  });

  it('demands the proof of quality and cost before the last stage, where they are measured', () => {
    const proven = (differs: Partial<ArmTally>) => [fine(1, 50), fine(2), fine(3, 800), tally(4, arm(1500, 0.15, differs), arm(1500, 0.15, differs))];
    expect(verdictOf({ stage: 4, stages: proven({ quality: { relevance: scores(120, 0.8) } }) })).toBe('HOLD inconclusive');
    expect(verdictOf({ stage: 4, stages: proven({ quality: { relevance: scores(1500, 0.8) } }) })).toBe('ADVANCE');
    expect(verdictOf({ stage: 4, stages: proven({ quality: { relevance: scores(60, 0.8) } }) })).toBe('ADVANCE');
    expect(verdictOf({ stage: 4, stages: proven({}), policy: { quality: { ...quickPolicy().quality, proof: 'required' } } })).toBe('HOLD inconclusive');
    expect(verdictOf({ stage: 4, stages: proven(costs(250, 0.01, 2)) })).toBe('HOLD inconclusive');
    expect(verdictOf({ stage: 4, stages: proven(costs(1500, 0.01)) })).toBe('ADVANCE');
  });

  it('looks at no guard that is off', () => {
    const bad = tally(1, arm(300, 0.6, { errors: 100, unsafe: 9, quality: { relevance: scores(200, 0.4) }, ...costs(300, 0.09) }), arm(300, 0.15, { quality: { relevance: scores(200, 0.8) }, ...costs(300, 0.01) }));
    expect(verdictOf({ stages: [bad], policy: { guardsOff: ['safety', 'success', 'errors', 'quality', 'cost'] } })).toBe('ADVANCE');
    expect(verdictOf({ stages: [bad], policy: { guardsOff: ['safety', 'success', 'errors', 'quality'] } })).toBe('ROLLBACK cost_usd');
  });

  it('takes any supported loss for harm where the threshold is zero', () => {
    const stages = [tally(1, arm(4000, 0.18), arm(4000, 0.15))];
    expect(verdictOf({ stages })).toBe('ADVANCE');
    expect(verdictOf({ stages, policy: { thresholdZero: ['success'] } })).toBe('ROLLBACK success_rate_all_stages');
    expect(verdictOf({ stages: [fine(1, 4000)], policy: { thresholdZero: ['success', 'errors', 'quality', 'cost'] } })).toBe('ADVANCE');
  });

  it('records counts, bounds and thresholds of every test', () => {
    const { record } = assess({ state: running(1), evidence: evidenceOf([fine(1)], LATER), policy: quickPolicy(), now: LATER });
    expect(record.candidate).toMatchObject({ units: 200, failedUnits: 30 });
    expect(record.tests.map(({ name }) => name)).toEqual(['unsafe_answers', 'sample_ratio', 'success_rate', 'success_rate_all_stages', 'error_free_rate', 'error_free_rate_all_stages', 'latency_p95']);
    const success = record.tests.find(({ name }) => name === 'success_rate');
    expect(success?.lower).toBeLessThan(0);
    expect(success?.upper).toBeGreaterThan(0);
    expect(record.formulaVersion).toBe('rollout-2');
  });
});
