import { describe, expect, it } from '@jest/globals';
import { arm, Driver, quickPolicy, SECOND_MS, START, tally } from './rollout-driver.fixture.js';
import { labelOf, replay } from './rollout-state.js';

const at = (seconds: number): number => START + seconds * SECOND_MS;
const fine = (stage: number, n = 1000) => tally(stage, arm(n), arm(n));
const bad = (stage: number) => tally(stage, arm(300, 0.5), arm(300));

const toPromotion = (driver: Driver): Driver => {
  driver.started();
  const stages = [];
  for (let stage = 1; stage <= 5; stage += 1) {
    stages.push(stage === 5 ? tally(5, arm(1900), arm(100)) : fine(stage));
    driver.evaluated(at(stage * 10), stages);
  }
  return driver;
};

describe('decide: the way up', () => {
  it('goes through every stage to the promotion, one at an evaluation', () => {
    const driver = toPromotion(new Driver());
    expect(driver.transitions.map(({ from, to, after }) => [from, to, after.share])).toEqual([
      ['DRAFT', 'DRAFT', 0],
      ['DRAFT', 'RUNNING(1)', 0.01],
      ['RUNNING(1)', 'RUNNING(2)', 0.05],
      ['RUNNING(2)', 'RUNNING(3)', 0.25],
      ['RUNNING(3)', 'RUNNING(4)', 0.5],
      ['RUNNING(4)', 'RUNNING(5)', 0.95],
      ['RUNNING(5)', 'PROMOTED', 0],
    ]);
    expect(driver.decisions.flatMap(({ effects }) => effects.map(({ type }) => type))).toEqual(['route', 'route', 'route', 'route', 'route', 'promote', 'conclude']);
    expect(driver.transitions.every(({ actor }) => actor === 'policy:rollout-2')).toBe(true);
  });

  it('does not pass several stages at once, however overdue it is', () => {
    const driver = new Driver().started();
    const stages = [fine(1), fine(2), fine(3), fine(4)];
    driver.evaluated(at(1000), stages);
    driver.evaluated(at(1000), stages);
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it('waits in the queue while another rollout has the traffic, and while the automation is held', () => {
    const driver = new Driver();
    driver.judged();
    expect(driver.considered({ placeFree: false }).transitions).toEqual([]);
    expect(driver.considered({ automationHeld: true }).transitions).toEqual([]);
    expect(labelOf(driver.considered().state)).toBe('RUNNING(1)');
  });

  it('is superseded where its base is the champion no longer, even without a free place', () => {
    const driver = new Driver();
    driver.judged();
    const { state, effects } = driver.considered({ champion: 'v3-c', placeFree: false });
    expect(state.status).toBe('SUPERSEDED');
    expect(effects).toEqual([]);
  });

  it('fixes the scale of its tests when it starts', () => {
    const driver = new Driver();
    driver.judged();
    driver.considered({ references: { success: 0.7 } });
    expect(driver.state.references).toEqual({ success: 0.7 });
  });

  it('writes no row for an evaluation that changes nothing', () => {
    const driver = new Driver().started();
    const rows = driver.state.sequence;
    driver.evaluated(at(1), []);
    driver.evaluated(at(2), [tally(1, arm(10), arm(9))]);
    expect(driver.state.sequence).toBe(rows);
  });
});

describe('decide: holds', () => {
  it('writes one row when the reason changes, and goes on by itself when data is back', () => {
    const driver = new Driver(quickPolicy({ noDataDeadlineMs: 5_000 })).started();
    expect(driver.evaluated(at(6), [], { lastCandidateDataAt: null }).effects).toMatchObject([{ type: 'raiseAlert', name: 'rollout_no_data' }]);
    expect(driver.evaluated(at(7), [], { lastCandidateDataAt: null }).transitions).toEqual([]);
    expect(labelOf(driver.state)).toBe('HOLDING(stale)');
    const back = driver.evaluated(at(8), [tally(1, arm(10), arm(10))]);
    expect(labelOf(back.state)).toBe('RUNNING(1)');
    expect(back.effects).toMatchObject([{ type: 'resolveAlert', name: 'rollout_no_data', raisedBy: 3 }]);
    expect(back.state.openAlerts).toEqual({});
  });

  it('keeps a broken split for a person: a resume accepts it', () => {
    const driver = new Driver().started();
    const broken = [tally(1, arm(500), arm(250))];
    driver.evaluated(at(10), broken);
    expect(labelOf(driver.state)).toBe('HOLDING(srm)');
    expect(driver.evaluated(at(11), [fine(1)]).transitions).toEqual([]);
    driver.ordered('rollout.resume', at(12));
    driver.evaluated(at(13), broken);
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it('rolls back from a hold', () => {
    const driver = new Driver().started();
    driver.evaluated(at(10), [tally(1, arm(500), arm(250))]);
    driver.evaluated(at(11), [tally(1, arm(500, 0.5), arm(250))]);
    expect(driver.state.status).toBe('ROLLED_BACK');
  });

  it('waits for the proof before the last stage, and goes on with it', () => {
    const driver = new Driver().started();
    const thin = [1, 2, 3, 4].map((stage) => fine(stage, stage === 1 ? 50 : 200));
    for (let second = 10; second <= 50; second += 10) driver.evaluated(at(second), thin);
    expect(labelOf(driver.state)).toBe('HOLDING(inconclusive)');
    driver.evaluated(at(60), [...thin.slice(0, 3), fine(4, 2000)]);
    expect(labelOf(driver.state)).toBe('RUNNING(5)');
  });

  it('asks for a person after the longest stay; a resume starts it anew', () => {
    const driver = new Driver().started();
    const little = [tally(1, arm(10), arm(10))];
    const { effects } = driver.evaluated(at(3_601), little);
    expect(effects).toMatchObject([{ type: 'raiseAlert', name: 'rollout_needs_human' }]);
    expect(driver.evaluated(at(3_602), [fine(1)]).transitions).toEqual([]);
    driver.ordered('rollout.resume', at(3_603));
    expect(driver.evaluated(at(3_604), little).transitions).toEqual([]);
    expect(labelOf(driver.state)).toBe('RUNNING(1)');
  });
});

describe('decide: rollback', () => {
  it('returns all traffic in the same decision, and says what failed', () => {
    const driver = new Driver().started();
    const { transitions, effects, state } = driver.evaluated(at(1), [bad(1)]);
    expect(state).toMatchObject({ status: 'ROLLED_BACK', share: 0 });
    expect(transitions).toMatchObject([{ from: 'RUNNING(1)', to: 'ROLLED_BACK', metric: 'success_rate' }]);
    expect(effects).toMatchObject([{ type: 'route', share: 0 }, { type: 'raiseAlert', name: 'rollout_rolled_back', severity: 'critical' }, { type: 'conclude' }]);
  });

  it('never changes a terminal state', () => {
    const driver = new Driver().started();
    driver.evaluated(at(1), [bad(1)]);
    const rows = driver.state.sequence;
    driver.evaluated(at(2), [fine(1)]);
    driver.considered();
    expect(driver.ordered('rollout.advance', at(3)).effects).toMatchObject([{ type: 'refuse' }]);
    expect(driver.state).toMatchObject({ status: 'ROLLED_BACK', sequence: rows });
  });

  it('still happens while the automation is held, which only holds steps forward', () => {
    const driver = new Driver().started();
    expect(driver.evaluated(at(10), [fine(1)], { automationHeld: true }).transitions).toEqual([]);
    driver.evaluated(at(11), [bad(1)], { automationHeld: true });
    expect(driver.state.status).toBe('ROLLED_BACK');
  });
});

describe('decide: people', () => {
  it('leaves a paused rollout alone, and raises one alert where it would have rolled back', () => {
    const driver = new Driver().started();
    driver.ordered('rollout.pause', at(1));
    expect(driver.evaluated(at(10), [fine(1)]).transitions).toEqual([]);
    expect(driver.evaluated(at(11), [bad(1)]).effects).toMatchObject([{ type: 'raiseAlert', name: 'rollout_harm_while_paused', severity: 'critical' }]);
    expect(driver.evaluated(at(12), [bad(1)]).effects).toEqual([]);
    expect(driver.state).toMatchObject({ status: 'PAUSED', share: 0.01 });
  });

  it('takes the automation up again on a resume', () => {
    const driver = new Driver().started();
    driver.ordered('rollout.pause', at(1));
    driver.ordered('rollout.resume', at(20));
    driver.evaluated(at(21), [fine(1)]);
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it('advances on order whatever is missing, and names who ordered it', () => {
    const driver = new Driver().started();
    const { transitions, effects } = driver.ordered('rollout.advance', at(1));
    expect(transitions).toMatchObject([{ to: 'RUNNING(2)', actor: 'human:ada', reason: 'because', commandId: `rollout.advance-${at(1)}` }]);
    expect(effects).toMatchObject([{ type: 'route', share: 0.05, stage: 2 }]);
  });

  it('does not undo an ordered advance with what was known before it', () => {
    const driver = new Driver().started();
    driver.ordered('rollout.pause', at(1));
    driver.ordered('rollout.advance', at(2), { stages: [bad(1)] });
    driver.evaluated(at(3), [bad(1), tally(2, arm(60), arm(60))]);
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
    driver.evaluated(at(4), [bad(1), bad(2)]);
    expect(driver.state.status).toBe('ROLLED_BACK');
  });

  it('promotes from the last stage on order', () => {
    const driver = new Driver().started();
    for (let i = 1; i <= 5; i += 1) driver.ordered('rollout.advance', at(i));
    expect(driver.state.status).toBe('PROMOTED');
    expect(driver.decisions.at(-1)?.effects).toMatchObject([{ type: 'promote' }, { type: 'conclude' }]);
  });

  it('rolls back on order, with the order as the reason', () => {
    const driver = new Driver().started();
    expect(driver.ordered('rollout.rollback', at(1)).transitions).toMatchObject([{ to: 'ROLLED_BACK', metric: 'operator', actor: 'human:ada' }]);
    expect(driver.state.share).toBe(0);
  });

  it.each(['rollout.pause', 'rollout.advance', 'rollout.rollback'] as const)('refuses %s for a rollout without traffic', (name) => {
    const driver = new Driver();
    driver.judged();
    const { effects, transitions } = driver.ordered(name, at(1));
    expect(effects).toMatchObject([{ type: 'refuse' }]);
    expect(transitions).toEqual([]);
  });

  it('refuses to resume what is not paused', () => {
    expect(new Driver().started().ordered('rollout.resume', at(1)).effects).toMatchObject([{ type: 'refuse' }]);
  });
});

describe('decide: approval', () => {
  it('waits for a person where the gates had too little data', () => {
    const driver = new Driver();
    expect(driver.judged('insufficient').effects).toMatchObject([{ type: 'raiseAlert', name: 'rollout_needs_human' }]);
    expect(driver.considered().transitions).toEqual([]);
    expect(driver.ordered('candidate.approve', at(1)).effects).toMatchObject([{ type: 'resolveAlert', name: 'rollout_needs_human' }]);
    expect(labelOf(driver.considered().state)).toBe('RUNNING(1)');
  });

  it('cancels on a reject before there is traffic, and rolls back after', () => {
    const waiting = new Driver();
    waiting.judged('insufficient');
    expect(waiting.ordered('candidate.reject', at(1)).state.status).toBe('CANCELLED');
    expect(new Driver().started().ordered('candidate.reject', at(1)).state.status).toBe('ROLLED_BACK');
  });

  it('drops a candidate without enough evidence when nobody decides in time, and cannot be told to start it then', () => {
    const driver = new Driver(quickPolicy({ approvalWaitMs: 60_000 }));
    driver.judged('insufficient');
    expect(driver.considered({ at: START + 59_999 }).transitions).toEqual([]);
    const { effects } = driver.considered({ at: START + 60_000 });
    expect(driver.state.status).toBe('CANCELLED');
    expect(effects).toContainEqual(expect.objectContaining({ type: 'raiseAlert', name: 'candidate_lapsed' }));
    expect(effects).toContainEqual(expect.objectContaining({ type: 'resolveAlert', name: 'rollout_needs_human' }));
    expect(driver.ordered('candidate.approve', START + 70_000).effects).toMatchObject([{ type: 'refuse' }]);
  });

  it('asks before a stage that the policy names, after everything else is fine', () => {
    const driver = new Driver(quickPolicy({ approvalStages: [2] })).started();
    driver.evaluated(at(1), [fine(1)]);
    expect(labelOf(driver.state)).toBe('RUNNING(1)');
    driver.evaluated(at(10), [fine(1)]);
    expect(labelOf(driver.state)).toBe('AWAITING_APPROVAL(1)');
    expect(driver.evaluated(at(11), [fine(1)]).transitions).toEqual([]);
    driver.ordered('candidate.approve', at(12));
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it('lets an approval lapse when the evidence changes, and refuses one given before it', () => {
    const driver = new Driver(quickPolicy({ approvalStages: [2] })).started();
    driver.evaluated(at(10), [fine(1)]);
    driver.evaluated(at(11), [tally(1, arm(1000), arm(700))]);
    expect(labelOf(driver.state)).toBe('HOLDING(srm)');
    expect(driver.ordered('candidate.approve', at(12)).effects).toMatchObject([{ type: 'refuse' }]);
    driver.ordered('rollout.resume', at(13));
    driver.evaluated(at(14), [fine(1)]);
    expect(labelOf(driver.state)).toBe('AWAITING_APPROVAL(1)');
    expect(driver.ordered('candidate.approve', at(15), { issuedAt: at(10) }).effects).toMatchObject([{ type: 'refuse' }]);
    expect(labelOf(driver.state)).toBe('AWAITING_APPROVAL(1)');
  });

  it('rolls back on harm while it waits', () => {
    const driver = new Driver(quickPolicy({ approvalStages: [2] })).started();
    driver.evaluated(at(10), [fine(1)]);
    driver.evaluated(at(11), [bad(1)]);
    expect(driver.state.status).toBe('ROLLED_BACK');
  });
});

describe('replay', () => {
  it('rebuilds the state from the rows at every point, as a restart does', () => {
    const driver = new Driver(quickPolicy({ noDataDeadlineMs: 5_000, approvalStages: [3] })).started();
    driver.evaluated(at(8), [], { lastCandidateDataAt: null });
    driver.evaluated(at(9), [fine(1)]);
    driver.ordered('rollout.pause', at(10));
    driver.evaluated(at(11), [fine(1), bad(2)]);
    driver.ordered('rollout.resume', at(12));
    driver.evaluated(at(20), [fine(1), fine(2)]);
    driver.ordered('candidate.approve', at(21));
    driver.evaluated(at(22), [fine(1), fine(2), bad(3)]);
    expect(driver.state.status).toBe('ROLLED_BACK');
    expect(driver.transitions.length).toBeGreaterThan(8);
    let rows = 0;
    for (const decision of driver.decisions) {
      rows += decision.transitions.length;
      const stored = JSON.parse(JSON.stringify(driver.transitions.slice(0, rows))) as typeof driver.transitions;
      expect(replay(driver.initial, stored)).toEqual(decision.state);
    }
  });

  it('refuses a record with a gap or with a row after the end', () => {
    const driver = toPromotion(new Driver());
    const [first, second] = driver.transitions;
    expect(() => replay(driver.initial, [second!])).toThrow(/gap/);
    expect(() => replay(driver.state, [{ ...first!, sequence: driver.state.sequence + 1 }])).toThrow(/never changes/);
  });
});
