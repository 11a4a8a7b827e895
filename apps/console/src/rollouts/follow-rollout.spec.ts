import { describe, expect, it } from '@jest/globals';
import { followRollout, type RolloutMove, type RolloutStanding } from './follow-rollout.js';

const move = (minute: number, parts: Partial<RolloutMove>): RolloutMove => ({
  kind: 'advanced', sequence: minute, state: 'RUNNING(1)', stage: 1, share: 0.01, actor: 'policy:1', reason: `row ${minute}`, terms: null, needsPerson: false, at: new Date(Date.UTC(2026, 0, 1, 0, minute)), ...parts,
});

const follow = (moves: readonly RolloutMove[]): RolloutStanding | undefined => moves.reduce<RolloutStanding | undefined>(followRollout, undefined);

const orders = <T>(items: readonly T[]): T[][] => (items.length <= 1 ? [[...items]] : items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest])));

describe('where a rollout stands', () => {
  const promoted = [
    move(1, { state: 'DRAFT', stage: 0, share: 0 }),
    move(2, {}),
    move(3, { kind: 'promoted', state: 'PROMOTED', stage: 0, share: 1 }),
    move(4, { kind: 'rolledback', state: 'ROLLED_BACK', sequence: null, reason: 'undone', share: 0 }),
  ];

  it.each(orders(promoted.slice(0, 3)).map((moves) => [moves.map(({ sequence }) => sequence).join(' '), moves] as const))('is the same in whatever order its transitions come: %s', (_, moves) => {
    expect(follow(moves)).toMatchObject({ state: 'PROMOTED', sequence: 3, reason: 'row 3', startedAt: promoted[0]?.at, changedAt: promoted[2]?.at });
  });

  it('stays a promotion when it is undone later, and says when', () => {
    const [a, b, c, undone] = promoted as [RolloutMove, RolloutMove, RolloutMove, RolloutMove];
    for (const moves of [[a, b, c, undone], [a, b, undone, c]]) expect(follow(moves)).toMatchObject({ state: 'PROMOTED', revertedAt: undone.at, reason: 'row 3' });
  });

  it('is rolled back by a rollback of the running rollout', () => {
    expect(follow([promoted[1] as RolloutMove, move(5, { kind: 'rolledback', state: 'ROLLED_BACK', share: 0 })])).toMatchObject({ state: 'ROLLED_BACK', share: 0, revertedAt: null });
  });
});
