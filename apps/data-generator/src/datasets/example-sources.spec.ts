import { describe, expect, it } from '@jest/globals';
import { userHashOf } from '@ratchet/domain';
import type { SourceFailure } from '../generation/candidate.js';
import { fateOf, sourcesOf, voicesOf } from './example-sources.js';

const failure = (interactionId: string, userId: string | undefined, query: string, correction?: string): SourceFailure => ({
  interactionId, conversationId: `c-${interactionId}`, ...(userId !== undefined && { userId }), query, response: 'r', ...(correction !== undefined && { correction }), signals: [], startedAtMs: 0,
});

describe('sourcesOf', () => {
  it('tells who asked the request, who gave the answer, and who only stands behind it', () => {
    const failures = [failure('i1', 'ann', ' My  plan?', 'Open Plan.'), failure('i2', 'bob', 'the plan page', 'open plan.'), failure('i3', undefined, 'something')];
    const rows = sourcesOf([{ exampleId: 'e', input: 'my plan?', output: 'Open Plan.', interactionIds: ['i1', 'i2', 'i3', 'gone', 'i1'] }], failures);
    expect(rows.map(({ interactionId, userHash, isRequest, isAnswer }) => [interactionId, userHash, isRequest, isAnswer])).toEqual([
      ['i1', userHashOf('ann'), true, true],
      ['i2', userHashOf('bob'), false, true],
      ['i3', null, false, false],
    ]);
  });
});

describe('voicesOf', () => {
  it('counts each user of an answer once, wherever on the target they gave it', () => {
    const failures = [failure('i1', 'ann', 'a', 'Yes.'), failure('i2', 'ann', 'b', ' yes. '), failure('i3', undefined, 'c', 'YES.'), failure('i4', 'bob', 'd', 'No.')];
    expect(voicesOf([{ output: 'Yes.' }], failures)).toHaveLength(2);
  });
});

describe('fateOf', () => {
  const mine = (isRequest: boolean, isAnswer = false) => ({ userHash: 'me', isRequest, isAnswer });
  const theirs = (isRequest: boolean, isAnswer = false) => ({ userHash: 'other', isRequest, isAnswer });
  it.each([
    ['only I asked it', { sources: [mine(true)] }, 'erase'],
    ['only I asked it, though others gave the answer', { sources: [mine(true), theirs(false, true)], voicesBefore: 5, voicesAfter: 5 }, 'erase'],
    ['others asked it as well', { sources: [mine(true), theirs(true)] }, 'keep'],
    ['it was derived from what I asked', { sources: [mine(false), theirs(false)] }, 'erase'],
    ['I only gave an answer that others gave, too', { sources: [theirs(true), mine(false, true)], voicesBefore: 5, voicesAfter: 4 }, 'keep'],
    ['with me the agreement falls below the rule', { sources: [theirs(true), mine(false, true)], voicesBefore: 3, voicesAfter: 2 }, 'withdraw'],
    ['a reviewer approved it, whatever the agreement', { source: 'reviewer', sources: [theirs(true), mine(false, true)], voicesBefore: 3, voicesAfter: 2 }, 'keep'],
    ['the answer was mine alone', { source: 'reviewer', sources: [theirs(true)], voicesBefore: 1, voicesAfter: 0 }, 'erase'],
    ['nobody without an id counts as me', { sources: [{ userHash: null, isRequest: true, isAnswer: false }] }, 'keep'],
  ] as const)('%s', (_, differs, expected) => {
    expect(fateOf({ source: 'user_correction', voicesBefore: 0, voicesAfter: 0, ...differs }, { userHash: 'me', agreeingUsersMin: 3 })).toBe(expected);
  });
});
