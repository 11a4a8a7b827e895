import { describe, expect, test } from '@jest/globals';
import { type Assignment, unitHashOf, userHashOf, vitalsCounted } from '@ratchet/domain';
import { Scenario } from '../spec-support/scenario.js';

const RANGE = { partition: 3, fromOffset: 0n, toOffset: 99n };
const NO = 'No, that is not what I asked';

describe('what experiments count', () => {
  const assignment = { rolloutId: 'r1', stage: 2, arm: 'candidate' as const, version: 'v2' };
  interface Talk {
    readonly conversationId: string;
    readonly assignment: Assignment;
    readonly userId?: string;
    readonly failed?: boolean;
  }
  const talk = (scenario: Scenario, { conversationId, failed = false, ...extra }: Talk): void => {
    scenario.ask('where is my parcel', 'In the box.', { conversationId, version: 'v2', ...extra });
    if (failed) scenario.ask(NO, 'On its way.', { conversationId, seconds: 20, version: 'v2', ...extra });
    scenario.end(60, { conversationId, taskCompleted: true });
  };

  test('counts are apart by segment, and add up to what they were without', () => {
    const [plain, split] = [new Scenario(), new Scenario()];
    for (const [i, segment] of ['de', 'fr', 'de'].entries()) {
      talk(plain, { conversationId: `c${i}`, assignment, failed: i === 0 });
      talk(split, { conversationId: `c${i}`, assignment: { ...assignment, segment }, failed: i === 0 });
    }
    const [whole] = plain.tracker.drainVitals(RANGE);
    const parts = split.tracker.drainVitals(RANGE);
    expect(parts).toMatchObject([{ segment: 'de', units: { count: 2, failed: 1 } }, { segment: 'fr', units: { count: 1, failed: 0 } }]);
    for (const name of ['requests', 'outcomes', 'failures'] as const) expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(whole?.[name]);
    expect(new Set([whole, ...parts].map((vitals) => vitals?.vitalsId)).size).toBe(3);
    expect(whole).not.toHaveProperty('segment');
  });

  test('a covariate adds to its sums with the conversation, once, and is that of its first request', () => {
    const scenario = new Scenario();
    talk(scenario, { conversationId: 'a', assignment: { ...assignment, covariate: 3 }, failed: true });
    talk(scenario, { conversationId: 'b', assignment: { ...assignment, covariate: 5 } });
    talk(scenario, { conversationId: 'c', assignment });
    scenario.ask('where is my parcel', 'In the box.', { conversationId: 'd', assignment: { ...assignment, covariate: 0 } });
    scenario.ask('where is my invoice', 'In the mail.', { conversationId: 'd', seconds: 30, assignment: { ...assignment, covariate: 9 } });
    scenario.end(60, { conversationId: 'd', taskCompleted: true });
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ units: { count: 4, failed: 1 }, covariate: { count: 3, sumX: 8, sumXX: 34, sumY: 1, sumXY: 3 } }]);
  });

  test('signals and failures say nothing of the covariate of another conversation', () => {
    const scenario = new Scenario();
    talk(scenario, { conversationId: 'a', assignment: { ...assignment, covariate: 3 }, failed: true });
    talk(scenario, { conversationId: 'b', assignment: { ...assignment, covariate: 5 }, failed: true });
    const assignments = scenario.emissions.map(({ data }) => ('assignment' in data ? data.assignment : undefined));
    expect(assignments.length).toBeGreaterThan(1);
    for (const one of assignments) expect(one).toEqual(assignment);
  });

  test('conversations add up by user where the assignment sticks to users, under a name that is no user id', () => {
    const scenario = new Scenario();
    const sticky = { ...assignment, unit: 'user' as const };
    for (const [i, userId] of ['ada', 'bob', 'ada'].entries()) talk(scenario, { conversationId: `c${i}`, userId, assignment: sticky, failed: i === 2 });
    talk(scenario, { conversationId: 'c3', assignment: sticky });
    const [vitals] = scenario.tracker.drainVitals(RANGE);
    const name = (userId: string): string => unitHashOf({ rolloutId: 'r1', userId });
    expect(vitals?.users).toEqual([{ user: name('ada'), count: 2, failed: 1 }, { user: name('bob'), count: 1, failed: 0 }]);
    expect(vitals?.units).toMatchObject({ count: 4, failed: 1 });
    expect(name('ada')).not.toBe(unitHashOf({ rolloutId: 'r2', userId: 'ada' }));
    expect(userHashOf('ada')).not.toContain(name('ada'));
  });

  test.each([
    ['the unit is a conversation', { assignment: { ...assignment, unit: 'conversation' as const }, userId: 'ada' }],
    ['nothing says what the unit is', { assignment, userId: 'ada' }],
    ['an operator’s override routed it', { assignment: { ...assignment, unit: 'user' as const, overridden: true, covariate: 2 }, userId: 'ada' }],
  ])('no user is counted where %s', (_case, extra) => {
    const scenario = new Scenario();
    talk(scenario, { conversationId: 'c1', ...extra });
    const [vitals] = scenario.tracker.drainVitals(RANGE);
    expect(vitals).not.toHaveProperty('users');
    expect(vitals).not.toHaveProperty('covariate');
  });

  test('more users than fit into one event come in several, which add up to the whole', () => {
    const scenario = new Scenario();
    const total = 2_100;
    for (let i = 0; i < total; i += 1) talk(scenario, { conversationId: `c${i}`, userId: `u${i}`, assignment: { ...assignment, unit: 'user' } });
    const events = scenario.tracker.drainVitals(RANGE);
    expect(events.map(({ users }) => users?.length)).toEqual([1_000, 1_000, 100]);
    expect(new Set(events.flatMap(({ users = [] }) => users.map(({ user }) => user))).size).toBe(total);
    expect(new Set(events.map(({ vitalsId }) => vitalsId)).size).toBe(3);
    expect(events.map(({ requests, units }) => [requests, units.count])).toEqual([[total, total], [0, 0], [0, 0]]);
    for (const event of events) expect(vitalsCounted.schema.safeParse(event).error).toBeUndefined();
  });
});
