import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@ratchet/stats';
import { type CheckResult, runChecks } from './checks.js';
import { assignedUnits, effectiveEvidence } from './design-effect.js';
import { type ArmTally, emptyTally, type Evidence, type StageTally } from './evidence.js';
import { rolloutPolicySchema } from './rollout-policy.js';
import { UserTraffic } from './user-traffic.fixture.js';

const policy = rolloutPolicySchema.parse({ productionBaselineBelowShare: 0, stickTo: 'user' });
const SUCCESS = 0.85;
const { floor } = Math;
const AT_MARGIN = 0.95 * SUCCESS;

const tally = (counts: Pick<ArmTally, 'units' | 'failedUnits' | 'users'>): ArmTally => ({ ...emptyTally(), ...counts, requests: counts.units });
const evidenceOf = (stages: readonly (Partial<StageTally> & Pick<StageTally, 'stage'>)[]): Evidence => ({
  stages: stages.map((given) => ({ candidate: emptyTally(), control: emptyTally(), rest: emptyTally(), ...given })),
  lastCandidateDataAt: null,
});
const without = ({ users: _users, ...counts }: ArmTally): ArmTally => counts;
/** The stage before the last: there, a proof is asked for. */
const STAGE = 4;
const successOf = (checks: readonly CheckResult[]): CheckResult | undefined => checks.find(({ name }) => name.startsWith('success_rate'));
const check = (evidence: Evidence) => runChecks({ evidence, stage: STAGE, fromStage: 1, policy, references: { success: SUCCESS } });
/** `k` users with n conversations each, y of them failed. */
const alike = (k: number, [y, n]: readonly [y: number, n: number]): ArmTally =>
  tally({ units: k * n, failedUnits: k * y, users: { seen: k, conversations: k * n, firstSeen: k, overall: { units: k, sumY: k * y, sumN: k * n, sumYY: k * y * y, sumYN: k * y * n, sumNN: k * n * n } } });

describe('effective counts', () => {
  it('are the counts where nobody counted users', () => {
    const evidence = evidenceOf([{ stage: 1, candidate: tally({ units: 70, failedUnits: 9 }), control: tally({ units: 75, failedUnits: 9 }) }]);
    expect(effectiveEvidence(evidence)).toEqual(evidence);
  });

  it('are divided by one design effect an arm, in every stage', () => {
    const all = alike(40, [0, 10]);
    const part = tally({ units: 100, failedUnits: 0, ...(all.users && { users: all.users }) });
    const { stages } = effectiveEvidence(evidenceOf([{ stage: 1, candidate: part, control: alike(40, [1, 10]) }, { stage: 2, candidate: { ...part, units: 300 } }]));
    expect(stages.map(({ candidate, control }) => [candidate.units, control.units])).toEqual([[10, 400], [30, 0]]);
  });

  it('take a conversation without a user id for a unit of its own', () => {
    const users = alike(10, [0, 10]);
    const evidence = evidenceOf([{ stage: 1, candidate: { ...users, units: 200 } }]);
    // 100 of 200 conversations in tens, 100 alone, none failed: (10 * 100 + 100) / 200.
    expect(effectiveEvidence(evidence).stages[0]?.candidate.units).toBeCloseTo(200 / 5.5, 10);
  });

  it('prove nothing while few users, or one of very many conversations, stand for an arm', () => {
    const proof = (k: number): string | undefined => successOf(check(evidenceOf([{ stage: STAGE, candidate: alike(k, [1, 1000]), control: alike(k, [1, 1000]) }])).proof)?.verdict;
    expect([proof(49), proof(50)]).toEqual(['open', 'proven']);
    const one = alike(500, [1, 100]);
    const users = one.users && { ...one.users, overall: { ...one.users.overall, sumNN: one.users.overall.sumNN * 20 } };
    expect(successOf(check(evidenceOf([{ stage: STAGE, candidate: { ...one, ...(users && { users }) }, control: one }])).proof)).toMatchObject({ verdict: 'open', message: expect.stringContaining('25 users of equal size') });
  });
});

describe('conversations of users, simulated', () => {
  // Method: 300 users an arm, 10 conversations each on average, correlation 0.2, a look every 100 conversations, the candidate worse by
  // exactly the margin, where either verdict is false and may come in 5 % of rollouts. bench/units.mjs has more of it.
  const simulate = ({ corrected, runs = 60, users = 300 }: { corrected: boolean; runs?: number; users?: number }): { harm: number; proven: number } => {
    const random = seededRandom(21);
    const falsely = { harm: 0, proven: 0 };
    for (let run = 0; run < runs; run += 1) {
      const traffic = new UserTraffic({ random, users: 2 * users, icc: 0.2 });
      for (let i = 1; i <= 10 * users; i += 1) {
        traffic.talk(floor(users * random()), { arm: 'candidate', stage: STAGE, success: AT_MARGIN });
        traffic.talk(users + floor(users * random()), { arm: 'control', stage: STAGE, success: SUCCESS });
        if (i % 100 > 0) continue;
        const [candidate, control] = [tally(traffic.counts(STAGE, 'candidate')), tally(traffic.counts(STAGE, 'control'))];
        const { harm, proof } = check(evidenceOf([corrected ? { stage: STAGE, candidate, control } : { stage: STAGE, candidate: without(candidate), control: without(control) }]));
        const verdict = successOf(harm)?.verdict === 'harm' ? 'harm' : successOf(proof)?.verdict === 'proven' ? 'proven' : undefined;
        if (verdict === undefined) continue;
        falsely[verdict] += 1 / runs;
        break;
      }
    }
    return falsely;
  };

  it('give false verdicts in at most 5 % of rollouts, and in many more where they are taken for independent', () => {
    const corrected = simulate({ corrected: true });
    expect(corrected.harm).toBeLessThanOrEqual(0.05);
    expect(corrected.proven).toBeLessThanOrEqual(0.05);
    const asIfAlone = simulate({ corrected: false });
    expect(asIfAlone.harm + asIfAlone.proven).toBeGreaterThan(0.12);
  });
});

describe('the split where users are assigned', () => {
  it('is not broken by users with very many conversations', () => {
    const random = seededRandom(4);
    const traffic = new UserTraffic({ random, users: 2000, icc: 0 });
    // Half of the users are in each arm, and a tenth of the candidate's are ten times as busy.
    for (let user = 0; user < 2000; user += 1) {
      const conversations = user % 20 === 0 ? 10 : 1;
      for (let i = 0; i < conversations; i += 1) traffic.talk(user, { arm: user % 2 === 0 ? 'candidate' : 'control', stage: STAGE, success: SUCCESS });
    }
    const [candidate, control] = [tally(traffic.counts(STAGE, 'candidate')), tally(traffic.counts(STAGE, 'control'))];
    const ratio = (counts: Partial<StageTally>) => check(evidenceOf([{ stage: STAGE, ...counts }])).sampleRatio;
    expect(ratio({ candidate, control })).toMatchObject({ verdict: 'ok', message: '1000 to 1000 users where 1000 to 1000 were meant' });
    expect(ratio({ candidate: without(candidate), control: without(control) }).verdict).toBe('broken');
  });

  it('counts users in the stage in which they were first seen, and conversations without a user id', () => {
    const { overall } = alike(1, [0, 1]).users ?? { overall: undefined };
    if (overall === undefined) throw new Error('no users');
    expect(assignedUnits(tally({ units: 90, failedUnits: 0, users: { seen: 30, conversations: 70, firstSeen: 12, overall } }))).toBe(32);
    expect(assignedUnits(tally({ units: 90, failedUnits: 0 }))).toBe(90);
  });

  it('is still found broken where users are missing', () => {
    const counts = { candidate: alike(700, [1, 10]), control: alike(1000, [1, 10]) };
    expect(check(evidenceOf([{ stage: STAGE, ...counts }])).sampleRatio.verdict).toBe('broken');
  });
});
