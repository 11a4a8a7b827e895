import { describe, expect, it } from '@jest/globals';
import { followsFrom } from './cycle-order.js';
import type { CycleFacts } from './cycle-record.js';

/** Only which facts there are matters. */
const having = (...names: (keyof CycleFacts)[]): Partial<CycleFacts> => Object.fromEntries(names.map((name) => [name, {}]));

describe('followsFrom', () => {
  it.each([
    ['a candidate of a cycle whose start has not been read', undefined, having('registered'), false],
    ['a candidate of a cycle that has started', having('started'), having('registered'), true],
    ['a verdict on a candidate that has not been read', having('started'), having('judged'), false],
    ['a promotion whose verdict has not been read', having('started', 'registered'), having('promoted'), false],
    ['a roll-back whose verdict has been read', having('started', 'registered', 'judged'), having('rolledBack'), true],
    ['the end of a rollout whose verdict has not been read', having('started', 'registered'), having('dropped'), false],
    ['an approval whose verdict has not been read', having('started', 'registered'), having('approved'), false],
    ['a failed training', having('started'), having('trainingFailed'), true],
  ])('%s', (_what, known, facts, follows) => {
    expect(followsFrom(known, facts)).toBe(follows);
  });
});
