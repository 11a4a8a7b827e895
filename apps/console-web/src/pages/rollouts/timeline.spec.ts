import { describe, expect, it } from '@jest/globals';
import { timelineOf } from './timeline';

const move = { transitionId: 't1', kind: 'advanced' as const, sequence: 2, from: 'RUNNING(1)', to: 'PAUSED', stage: 1, share: 0.01, actor: 'human:ada', reason: 'wait', metric: null, commandId: 'c1', at: '2026-01-01T00:02:00Z' };
const order = { commandId: 'c1', name: 'rollout.pause', actor: 'ada', reason: 'wait', at: '2026-01-01T00:01:59Z', refusal: null };

describe('the timeline', () => {
  it('shows an order that was obeyed once, and others with what became of them, the newest first', () => {
    const entries = timelineOf([{ ...move, transitionId: 't0', commandId: null, actor: 'policy:rollout-2', at: '2026-01-01T00:00:00Z' }, move], [order, { ...order, commandId: 'c2', at: '2026-01-01T00:03:00Z', refusal: 'it is paused already' }]);
    expect(entries.map(({ key, isPerson, refusal }) => [key, isPerson, refusal])).toEqual([['c2', true, 'it is paused already'], ['t1', true, undefined], ['t0', false, undefined]]);
    expect(entries[1]).toMatchObject({ who: 'ada', what: 'moved it from RUNNING(1) to PAUSED, 1 % of the traffic', why: 'wait' });
  });

  it('says what failed in a rollback', () => {
    const [entry] = timelineOf([{ ...move, kind: 'rolledback', from: null, to: 'ROLLED_BACK', metric: 'success_rate', share: 0 }], []);
    expect(entry?.what).toBe('rolled it back in stage 1 because of success rate');
  });
});
