import { describe, expect, it } from '@jest/globals';
import { mergeHistograms } from '@ratchet/domain';
import { seededRandom } from '@ratchet/stats';
import { decide } from './decide.js';
import { type ArmTally, emptyTally, type StageTally } from './evidence.js';
import { rolloutPolicySchema, shareOf } from './rollout-policy.js';
import { applyTransition, isTerminal, newRollout } from './rollout-state.js';

// Goal: the error rates of the whole procedure, all stages and all tests together, not of one formula.
// Method: conversations are drawn one by one for both arms with fixed success rates, every 25 of the candidate are looked at,
// from the first on and with no soak time, until the rollout ends or has seen 3,000 of the candidate's conversations in a stage.
const LOOK_EVERY = 25;
const MOST_PER_STAGE = 3000;
const policy = rolloutPolicySchema.parse({ minSoakMs: [0, 0, 0, 0], bakeMs: 0, maxStageMs: 1e12, noDataDeadlineMs: 1e12, productionBaselineBelowShare: 0 });
const identity = { rolloutId: 'r', target: { model: 'm', workload: 'w' }, cycleId: 'c', version: 'v2', baseVersion: 'v1' };

interface Truth {
  readonly baseline: number;
  /** By stage. */
  readonly candidate: (stage: number) => number;
  readonly drift?: (stage: number) => number;
}

interface Ending {
  readonly status: string;
  readonly stage: number;
  /** The candidate's conversations, over all stages. */
  readonly conversations: number;
}

const draw = (random: () => number, tally: ArmTally, count: number, success: number): ArmTally => {
  let failed = 0;
  for (let i = 0; i < count; i += 1) if (random() >= success) failed += 1;
  return { ...tally, units: tally.units + count, failedUnits: tally.failedUnits + failed, requests: tally.requests + count, outcomes: tally.outcomes + count, latencyMs: mergeHistograms(tally.latencyMs, { buckets: [100], counts: [count], sum: 100 * count, count }) };
};

const rollOut = (random: () => number, { baseline, candidate, drift = () => 0 }: Truth): Ending => {
  let { state } = decide(newRollout(identity, 0), { type: 'considered', at: 0, champion: 'v1', placeFree: true, automationHeld: false, references: { success: baseline } }, policy);
  const stages: StageTally[] = [];
  let conversations = 0;
  while (!isTerminal(state)) {
    const { stage } = state;
    const share = shareOf(policy, stage);
    const known = stages[stage - 1] ?? { stage, candidate: emptyTally(), control: emptyTally(), rest: emptyTally() };
    if (known.candidate.units >= MOST_PER_STAGE) return { status: 'OPEN', stage, conversations };
    const others = Math.round((LOOK_EVERY * Math.min(share, 1 - share)) / share);
    stages[stage - 1] = {
      ...known,
      candidate: draw(random, known.candidate, LOOK_EVERY, candidate(stage) + drift(stage)),
      control: draw(random, known.control, others, baseline + drift(stage)),
    };
    conversations += LOOK_EVERY;
    const decision = decide(state, { type: 'evaluated', at: 1, evidence: { stages: [...stages], lastCandidateDataAt: 1 }, automationHeld: false }, policy);
    state = decision.transitions.reduce(applyTransition, state);
  }
  return { status: state.status, stage: state.stage, conversations };
};

const simulate = (seed: number, runs: number, truth: Truth) => {
  const random = seededRandom(seed);
  const endings = Array.from({ length: runs }, () => rollOut(random, truth));
  return {
    share: (status: string): number => endings.filter((ending) => ending.status === status).length / runs,
    conversations: endings.map(({ conversations }) => conversations).sort((a, b) => a - b),
    stages: endings.map(({ stage }) => stage),
  };
};

describe('whole rollouts, simulated', () => {
  it('rolls at most 5 % back and ships the rest where nothing changed', () => {
    const { share } = simulate(11, 300, { baseline: 0.85, candidate: () => 0.85 });
    expect(share('ROLLED_BACK')).toBeLessThanOrEqual(0.05);
    expect(share('PROMOTED')).toBeGreaterThanOrEqual(0.95);
  });

  it.each([
    ['rises', (stage: number) => 0.02 * stage],
    ['falls', (stage: number) => -0.02 * stage],
  ])('does so while the success of both %s from stage to stage', (_, drift) => {
    expect(simulate(12, 150, { baseline: 0.82, candidate: () => 0.82, drift }).share('ROLLED_BACK')).toBeLessThanOrEqual(0.05);
  });

  it('promotes hardly ever what is worse by exactly the margin', () => {
    expect(simulate(13, 150, { baseline: 0.85, candidate: () => 0.95 * 0.85 }).share('PROMOTED')).toBeLessThanOrEqual(0.05);
  });

  it('rolls a loss of 20 % back, always before it has all the traffic', () => {
    const { share, stages, conversations } = simulate(14, 200, { baseline: 0.85, candidate: () => 0.8 * 0.85 });
    expect(share('ROLLED_BACK')).toBe(1);
    expect(Math.max(...stages)).toBeLessThan(5);
    expect(conversations[180]).toBeLessThanOrEqual(400);
  });

  it('rolls a loss of 10 % back in the end', () => {
    const { share } = simulate(15, 100, { baseline: 0.85, candidate: () => 0.9 * 0.85 });
    expect(share('ROLLED_BACK')).toBeGreaterThanOrEqual(0.95);
    expect(share('PROMOTED')).toBe(0);
  });

  it('rolls back what breaks at 50 % only', () => {
    expect(simulate(16, 100, { baseline: 0.85, candidate: (stage) => (stage >= 4 ? 0.6 : 0.86) }).share('ROLLED_BACK')).toBe(1);
  });

  it('sees a loss of 20 % at 1 % of the traffic within 168 conversations in nine rollouts of ten, compared with all of production', () => {
    const lookEvery = 4;
    const random = seededRandom(17);
    const patient = rolloutPolicySchema.parse({ maxStageMs: 1e12, noDataDeadlineMs: 1e12 });
    const conversationsUntilRollback = (): number => {
      let { state } = decide(newRollout(identity, 0), { type: 'considered', at: 0, champion: 'v1', placeFree: true, automationHeld: false, references: { success: 0.85 } }, patient);
      let seen = { stage: 1, candidate: emptyTally(), control: emptyTally(), rest: emptyTally() };
      while (!isTerminal(state)) {
        seen = { stage: 1, candidate: draw(random, seen.candidate, lookEvery, 0.8 * 0.85), control: draw(random, seen.control, lookEvery, 0.85), rest: draw(random, seen.rest, 98 * lookEvery, 0.85) };
        ({ state } = decide(state, { type: 'evaluated', at: 1, evidence: { stages: [seen], lastCandidateDataAt: 1 }, automationHeld: false }, patient));
      }
      return seen.candidate.units;
    };
    const needed = Array.from({ length: 100 }, conversationsUntilRollback).sort((a, b) => a - b);
    expect(needed[89]).toBeLessThanOrEqual(168);
  });
});
