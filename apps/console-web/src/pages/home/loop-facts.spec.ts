import { describe, expect, it } from '@jest/globals';
import type { Lag, Loop } from '@ratchet/console-api';
import { arrowsOf, stateOfService } from './loop-facts';

const loop: Loop = {
  openOpportunities: { count: 1_000, isMore: true }, openFailures: 12_345, examplesWaiting: 80, reviewsWaiting: { count: 0, isMore: false },
  cycles: [{ state: 'judging', count: 1 }, { state: 'rollout', count: 2 }],
  lastVerdict: { model: 'm', workload: 'w', version: 'v2', outcome: 'failed', failedGates: [], cycleId: 'c', judgedAt: '2026-01-01T00:00:00.000Z' },
  rollouts: [{ rolloutId: 'r', model: 'm', workload: 'w', version: 'v2', state: 'RUNNING(3)', stage: 3, share: 0.25 }, { rolloutId: 's', model: 'n', workload: 'w', version: 'v9', state: 'RUNNING(1)', stage: 1, share: 0.01 }],
  targets: [],
};
const lagOf = (parts: Partial<Lag['services'][number]>): Lag => ({
  readAt: '2026-01-01T00:00:00.000Z', earlierAt: null, services: [{ service: 'analyzer', reads: 'group', members: 1, state: 'Stable', lag: 0, earlierLag: null, topics: [], ...parts }],
});
const stateOf = (parts: Partial<Lag['services'][number]>): string => stateOfService(lagOf(parts), 'analyzer');

describe('the loop in numbers', () => {
  it('says on each arrow what goes along it', () => {
    const now = arrowsOf(loop, { interactions: 12.34, feedback: 0, signals: 3, failures: 2 }).map((arrow) => arrow.now);
    expect(now).toEqual(['12.3/s', '2/s, 12,345 open', '1,000 or more open', '80 waiting', '0 training, 1 at the gates', 'last: failed', 'stage 3, 25 % (+1)']);
  });

  it('closes: each arrow begins where the one before ended', () => {
    const arrows = arrowsOf(loop, undefined);
    arrows.forEach(({ to }, i) => expect(arrows[(i + 1) % arrows.length]?.from).toBe(to));
  });

  it('tells a service that is behind from one that nobody runs', () => {
    expect([stateOf({ lag: 5 }), stateOf({ lag: 5_000 }), stateOf({ members: 0, lag: null }), stateOfService(lagOf({}), 'evaluator'), stateOfService(undefined, 'analyzer')]).toEqual(['up', 'behind', 'absent', 'unknown', 'unknown']);
  });

  it('tells a lag that grows from one that comes and goes with batches, and from one that is worked off', () => {
    expect([stateOf({ lag: 300, earlierLag: 100 }), stateOf({ lag: 90, earlierLag: 0 }), stateOf({ lag: 100_500, earlierLag: 100_000 }), stateOf({ lag: 4_000, earlierLag: 9_000 })]).toEqual(['growing', 'up', 'behind', 'behind']);
  });

  it('asks for no consumer group of those that have none', () => {
    expect(stateOf({ reads: 'table', members: 0, lag: null })).toBe('without');
  });
});
