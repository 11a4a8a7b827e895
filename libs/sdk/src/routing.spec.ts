import { describe, expect, test } from '@jest/globals';

import { armOf, assign, AssignmentError, bucketOf } from './assignment.js';
import { laterRouting, routeRequest, type Routing, routingProblem } from './routing.js';

const quiet: Routing = { model: 'assistant', champion: 'v1', share: 0, stage: 0, salt: 's', stickTo: 'conversation' };
const rollout: Routing = { ...quiet, candidate: 'v2', rolloutId: 'r1', salt: 'r1', share: 0.3, stage: 3 };
const ids = Array.from({ length: 500 }, (_, at) => `c${at}`);
const idOf = (arm: string, { salt, share }: { salt: string; share: number }): string => ids.find((id) => armOf({ bucket: bucketOf(salt, id), share }) === arm) ?? '';

describe('routeRequest', () => {
  test('serves the champion, without an assignment, where nothing is being tried', () => {
    expect(routeRequest({ routing: quiet, conversationId: 'c', segment: 'x' })).toEqual({ version: 'v1' });
    expect(routeRequest({ routing: { ...rollout, candidate: 'v1' }, conversationId: 'c' })).toEqual({ version: 'v1' });
  });

  test('says with every version how its answer is to be counted', () => {
    for (const conversationId of ids) {
      const { version, arm } = assign({ salt: 'r1', key: conversationId, share: 0.3, candidate: 'v2', champion: 'v1' });
      expect(routeRequest({ routing: rollout, conversationId })).toEqual({ version, assignment: { rolloutId: 'r1', stage: 3, arm, version, unit: 'conversation' } });
    }
  });

  test('sticks to the user where the target says so, and to the conversation of who is unknown', () => {
    const routing = { ...rollout, stickTo: 'user' as const };
    const [inside, outside] = [idOf('candidate', rollout), idOf('rest', rollout)];
    expect(routeRequest({ routing, conversationId: outside, userId: inside })).toMatchObject({ version: 'v2', assignment: { unit: 'user' } });
    for (const userId of [undefined, null, '']) expect(routeRequest({ routing, conversationId: outside, userId })).toMatchObject({ version: 'v1', assignment: { unit: 'conversation', arm: 'rest' } });
    expect(routeRequest({ routing: rollout, conversationId: outside, userId: inside })).toMatchObject({ version: 'v1', assignment: { unit: 'conversation' } });
  });

  test('serves the arms of an experiment their versions, each with its own share', () => {
    const routing = { ...rollout, share: 0.1, control: 'v3', controlShare: 0.2 };
    const versions = { candidate: 'v2', control: 'v3', rest: 'v1' };
    const seen = ids.map((conversationId) => routeRequest({ routing, conversationId }).assignment);
    for (const assignment of seen) expect(assignment?.version).toBe(versions[assignment?.arm ?? 'rest']);
    expect(new Set(seen.map((assignment) => assignment?.arm)).size).toBe(3);
  });

  test('writes segment and covariate into the assignment, where they are known', () => {
    const { assignment } = routeRequest({ routing: rollout, conversationId: 'c', segment: 'new', covariate: 0 });
    expect(assignment).toMatchObject({ segment: 'new', covariate: 0 });
    expect(routeRequest({ routing: rollout, conversationId: 'c' }).assignment).not.toHaveProperty('segment');
  });

  test('refuses a routing that contradicts itself, and tells of it beforehand', () => {
    const broken = { ...rollout, share: 0.7, controlShare: 0.7 };
    expect(() => routeRequest({ routing: broken, conversationId: 'c' })).toThrow(AssignmentError);
    expect(routingProblem(broken)).toContain('add up to more than 1');
    expect(routingProblem({ ...rollout, salt: '' })).toContain('salt');
    expect([quiet, rollout, { ...rollout, candidate: 'v1' }].map(routingProblem)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a candidate that lost its share', () => {
  const draining = { rolloutId: 'r0', candidate: 'v0', salt: 'r0', share: 0.5, stage: 4, stickTo: 'conversation' as const, until: '2026-03-01T12:00:00Z' };
  const until = Date.parse(draining.until);
  const inside = idOf('candidate', draining);
  const ask = (change: Partial<Parameters<typeof routeRequest>[0]> = {}) => routeRequest({ routing: { ...quiet, draining }, conversationId: inside, continues: true, at: until - 1, ...change });

  test('finishes the conversations that it had begun, for the rollout that is over', () => {
    expect(ask()).toEqual({ version: 'v0', assignment: { rolloutId: 'r0', stage: 4, arm: 'candidate', version: 'v0', unit: 'conversation' } });
    expect(ask({ routing: { ...rollout, draining } })).toMatchObject({ version: 'v0', assignment: { rolloutId: 'r0' } });
  });

  test('gets no new conversation, none that was not its own, and none when its time is over', () => {
    expect(ask({ continues: false })).toEqual({ version: 'v1' });
    expect(ask({ conversationId: idOf('control', draining) })).toEqual({ version: 'v1' });
    expect(ask({ at: until })).toEqual({ version: 'v1' });
    expect(routeRequest({ routing: { ...quiet, draining }, conversationId: inside, continues: true })).toEqual({ version: 'v1' });
  });

  test('is found by what its rollout stuck to, not by what the present one does', () => {
    const routing = { ...rollout, draining: { ...draining, stickTo: 'user' as const } };
    expect(ask({ routing, conversationId: idOf('control', draining), userId: inside })).toMatchObject({ version: 'v0', assignment: { unit: 'user' } });
  });
});

describe('laterRouting', () => {
  test('keeps the higher revision, whatever comes first', () => {
    const [first, second] = [{ revision: 1 }, { revision: 2 }];
    expect(laterRouting(undefined, first)).toBe(first);
    expect(laterRouting(first, second)).toBe(second);
    expect(laterRouting(second, first)).toBe(second);
    expect(laterRouting(second, { revision: 2 })).toBe(second);
  });
});
