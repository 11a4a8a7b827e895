// What goes wrong around a rollout, and the verdict that it must get: what is missing or late holds, what is harm rolls back at once.
import { describe, expect, it } from '@jest/globals';
import { arm, Driver, quickPolicy, SECOND_MS, START, tally } from './rollout-driver.fixture.js';
import { labelOf } from './rollout-state.js';

const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const at = (ms: number): number => START + ms;
const fine = (stage: number, n = 1000) => tally(stage, arm(n), arm(n));

describe('the source of counts is away for five minutes', () => {
  const policy = quickPolicy({ minSoakMs: [HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS], maxStageMs: 24 * HOUR_MS, noDataDeadlineMs: 2 * MINUTE_MS });

  it('holds with the share as it is, tells somebody, and goes on by itself', () => {
    const driver = new Driver(policy).started();
    driver.evaluated(at(10 * MINUTE_MS), [fine(1)]);
    const lastCandidateDataAt = at(10 * MINUTE_MS);
    for (let second = 1; second <= 300; second += 1) driver.evaluated(lastCandidateDataAt + second * SECOND_MS, [fine(1)], { lastCandidateDataAt });
    expect(driver.state).toMatchObject({ status: 'HOLDING', stage: 1, share: 0.01, hold: { needsHuman: false } });
    expect(driver.decisions.flatMap(({ effects }) => effects.filter(({ type }) => type === 'raiseAlert'))).toHaveLength(1);
    driver.evaluated(at(16 * MINUTE_MS), [fine(1)]);
    expect(labelOf(driver.state)).toBe('RUNNING(1)');
    driver.evaluated(at(HOUR_MS), [fine(1)]);
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it('does not even hold below its deadline, and neither advances nor rolls back', () => {
    const driver = new Driver(quickPolicy({ minSoakMs: [HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS], maxStageMs: 24 * HOUR_MS })).started();
    const rows = driver.state.sequence;
    for (let minute = 1; minute <= 5; minute += 1) driver.evaluated(at(minute * MINUTE_MS), [], { lastCandidateDataAt: START });
    expect(driver.state).toMatchObject({ status: 'RUNNING', stage: 1, share: 0.01, sequence: rows });
  });
});

describe('nobody comes', () => {
  it('is neither a success nor a failure: it holds, asks for a person in the end, and never ships', () => {
    const driver = new Driver(quickPolicy({ noDataDeadlineMs: MINUTE_MS, maxStageMs: 2 * HOUR_MS })).started();
    for (let minute = 1; minute <= 240; minute += 1) driver.evaluated(at(minute * MINUTE_MS), [], { lastCandidateDataAt: null });
    expect(driver.state).toMatchObject({ status: 'HOLDING', stage: 1, share: 0.01 });
    expect(driver.transitions.map(({ to }) => to)).not.toContain('ROLLED_BACK');
  });
});

describe('a regression one minute into a stage of twelve hours', () => {
  const policy = quickPolicy({ minSoakMs: [12, 12, 12, 12].map((hours) => hours * HOUR_MS), bakeMs: 12 * HOUR_MS, maxStageMs: 48 * HOUR_MS });

  it('is rolled back at the next look', () => {
    const driver = new Driver(policy).started();
    driver.evaluated(at(MINUTE_MS - 1), [tally(1, arm(100), arm(100))]);
    expect(labelOf(driver.state)).toBe('RUNNING(1)');
    const { effects } = driver.evaluated(at(MINUTE_MS), [tally(1, arm(300, 0.5), arm(300))]);
    expect(driver.state).toMatchObject({ status: 'ROLLED_BACK', share: 0, statusSince: at(MINUTE_MS) });
    expect(effects[0]).toEqual({ type: 'route', share: 0, stage: 1 });
  });
});

describe('half of the split is lost while there is a regression', () => {
  it('rolls back: what is broken hides no harm', () => {
    const driver = new Driver().started();
    driver.evaluated(at(SECOND_MS), [tally(1, arm(500, 0.5), arm(250))]);
    expect(driver.transitions.at(-1)).toMatchObject({ to: 'ROLLED_BACK', metric: 'success_rate' });
  });

  it('holds without one', () => {
    const driver = new Driver().started();
    driver.evaluated(at(10 * SECOND_MS), [tally(1, arm(500), arm(250))]);
    expect(driver.state).toMatchObject({ status: 'HOLDING', hold: { reason: 'srm', needsHuman: true }, share: 0.01 });
  });
});

describe('a new candidate at stage 3', () => {
  const atStage3 = (policy = quickPolicy()): Driver => {
    const driver = new Driver(policy).started();
    driver.evaluated(at(10 * SECOND_MS), [fine(1)]);
    driver.evaluated(at(20 * SECOND_MS), [fine(1), fine(2)]);
    expect(labelOf(driver.state)).toBe('RUNNING(3)');
    return driver;
  };
  const stages = [fine(1), fine(2), tally(3, arm(100), arm(100))];

  it('waits by default: the running one stays as it is', () => {
    const driver = atStage3();
    driver.evaluated(at(21 * SECOND_MS), stages);
    expect(driver.state).toMatchObject({ status: 'RUNNING', stage: 3, share: 0.25 });
  });

  it('takes its place under the other policy: the share goes back in one row with the evidence', () => {
    const driver = atStage3();
    const { transitions, effects } = driver.evaluated(at(21 * SECOND_MS), stages, { successor: 'v3-c' });
    expect(transitions).toMatchObject([{ from: 'RUNNING(3)', to: 'SUPERSEDED', after: { share: 0 }, evidence: { candidate: { units: 100 } } }]);
    expect(effects).toMatchObject([{ type: 'route', share: 0 }, { type: 'raiseAlert', name: 'rollout_superseded' }, { type: 'conclude' }]);
  });

  it('never before a rollback: harm is on the record as harm', () => {
    const driver = atStage3();
    driver.evaluated(at(21 * SECOND_MS), [fine(1), fine(2), tally(3, arm(300, 0.5), arm(300))], { successor: 'v3-c' });
    expect(driver.state.status).toBe('ROLLED_BACK');
  });

  it('never takes the place of what a person has paused, or where the automation is held', () => {
    const paused = atStage3();
    paused.ordered('rollout.pause', at(21 * SECOND_MS));
    expect(paused.evaluated(at(22 * SECOND_MS), stages, { successor: 'v3-c' }).transitions).toEqual([]);
    expect(atStage3().evaluated(at(22 * SECOND_MS), stages, { successor: 'v3-c', automationHeld: true }).transitions).toEqual([]);
  });

  it('lets conversations in flight finish where the policy drains, but no unsafe ones', () => {
    const draining = atStage3(quickPolicy({ drainMs: MINUTE_MS }));
    const { effects } = draining.evaluated(at(21 * SECOND_MS), stages, { successor: 'v3-c' });
    expect(effects[0]).toEqual({ type: 'route', share: 0, stage: 3, drain: { share: 0.25, stage: 3, until: at(21 * SECOND_MS) + MINUTE_MS } });
    const unsafe = atStage3(quickPolicy({ drainMs: MINUTE_MS }));
    expect(unsafe.evaluated(at(21 * SECOND_MS), [fine(1), fine(2), tally(3, arm(100, 0.15, { unsafe: 12 }), arm(100))]).effects[0]).toEqual({ type: 'route', share: 0, stage: 3 });
  });
});

describe('an approval', () => {
  const asked = (): Driver => {
    const driver = new Driver(quickPolicy({ approvalStages: [2] })).started();
    driver.evaluated(at(10 * SECOND_MS), [fine(1)]);
    expect(labelOf(driver.state)).toBe('AWAITING_APPROVAL(1)');
    return driver;
  };

  it('of the stage and row that were looked at is taken, whatever the clocks say', () => {
    const driver = asked();
    driver.ordered('candidate.approve', at(11 * SECOND_MS), { stage: 1, evidence: driver.state.sequence, issuedAt: START });
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it.each([
    ['an older row', (row: number) => ({ stage: 1, evidence: row - 1 }), /approves the evidence of row 2, but row 3 is the last one now/],
    ['another stage', (row: number) => ({ stage: 2, evidence: row }), /approves stage 2, but the rollout is in stage 1 now/],
    ['an earlier time, where it names no row', () => ({ stage: 1, issuedAt: START }), /given before the present evidence/],
  ])('for %s is refused, and says what changed', (_, basis, why) => {
    const driver = asked();
    const { effects, transitions } = driver.ordered('candidate.approve', at(11 * SECOND_MS), basis(driver.state.sequence));
    expect(effects).toEqual([{ type: 'refuse', message: expect.stringMatching(why) }]);
    expect(transitions).toEqual([]);
  });

  it('lapses with an unsafe answer that was not there when it was asked for', () => {
    const driver = asked();
    const row = driver.state.sequence;
    expect(driver.evaluated(at(11 * SECOND_MS), [fine(1, 2000)]).transitions).toEqual([]);
    const { effects } = driver.evaluated(at(12 * SECOND_MS), [tally(1, arm(2000, 0.15, { unsafe: 1 }), arm(2000))]);
    expect(effects).toMatchObject([{ type: 'resolveAlert', raisedBy: row }, { type: 'raiseAlert', raisedBy: row + 1 }]);
    expect(driver.evaluated(at(13 * SECOND_MS), [tally(1, arm(2000, 0.15, { unsafe: 1 }), arm(2000))]).transitions).toEqual([]);
    expect(driver.ordered('candidate.approve', at(14 * SECOND_MS), { evidence: row }).effects).toMatchObject([{ type: 'refuse' }]);
    driver.ordered('candidate.approve', at(15 * SECOND_MS), { evidence: row + 1 });
    expect(labelOf(driver.state)).toBe('RUNNING(2)');
  });

  it.each([
    ['data is missing', [fine(1)], { lastCandidateDataAt: START }],
    ['the split broke', [tally(1, arm(1000), arm(600))], {}],
  ])('lapses where %s', (_, stages, differs) => {
    const driver = asked();
    const row = driver.state.sequence;
    driver.evaluated(at(HOUR_MS), stages, differs);
    expect(driver.state.status).toBe('HOLDING');
    expect(driver.ordered('candidate.approve', at(HOUR_MS + 1), { evidence: row, stage: 1 }).effects).toMatchObject([{ type: 'refuse' }]);
  });
});
