import { describe, expect, it } from '@jest/globals';
import { judgeCorrections, usersByAnswer, type AgreementRules, type Judged } from './agreement.js';
import type { CorrectedFailure } from './candidate.js';

const rules: AgreementRules = { mode: 'agreement', agreeingUsersMin: 3, agreementMin: 0.6, similarityMin: 0.4 };
let number = 0;
const correct = (user: string, correction: string, vector: number[] = [1, 0]): CorrectedFailure & { vector: number[] } => ({
  interactionId: `i${(number += 1)}`, conversationId: `c${number}`, userId: user, query: 'q', response: 'r', correction, signals: [], startedAtMs: 0, vector,
});
const judge = (corrected: (CorrectedFailure & { vector: number[] })[], change: Partial<AgreementRules> = {}, elsewhere: CorrectedFailure[] = []): Judged[] =>
  judgeCorrections({ corrected, vectorOf: (failure) => (failure as unknown as { vector: number[] }).vector, users: usersByAnswer([...corrected, ...elsewhere]), rules: { ...rules, ...change } });

describe('judgeCorrections', () => {
  it('accepts an answer that three different users submitted, however they spell it', () => {
    const judged = judge([correct('a', 'Open Plan.'), correct('b', 'open  plan.'), correct('c', ' OPEN PLAN. ')]);
    expect(judged.map(({ accepted, reason }) => [accepted, reason])).toEqual([[true, '3 users agree'], [true, '3 users agree'], [true, '3 users agree']]);
  });

  it('does not count one user three times', () => {
    const judged = judge([correct('a', 'Open Plan.'), correct('a', 'Open Plan.'), correct('a', 'Open Plan.'), correct('b', 'Open Plan.')]);
    expect(judged.every(({ accepted, agreeingUsers }) => !accepted && agreeingUsers === 2)).toBe(true);
    expect(judged[0]?.reason).toContain('too few users');
  });

  it('counts users by conversation where no user is known', () => {
    const anonymous = ['x', 'y', 'z'].map((conversationId) => {
      const failure = { ...correct('-', 'Open Plan.'), conversationId };
      delete (failure as { userId?: string }).userId;
      return failure;
    });
    expect(judge(anonymous).every(({ accepted }) => accepted)).toBe(true);
  });

  it('counts the users of other opportunities of the target too', () => {
    const here = [correct('a', 'Open Plan.')];
    expect(judge(here)[0]?.accepted).toBe(false);
    expect(judge(here, {}, [correct('b', 'Open Plan.'), correct('c', 'Open Plan.')])[0]?.accepted).toBe(true);
  });

  it('lets three users not overrule ten whose requests are similar', () => {
    const wrong = ['a', 'b', 'c'].map((user) => correct(user, 'Wrong.'));
    const right = Array.from({ length: 10 }, (_, i) => correct(`r${i}`, 'Right.'));
    const judged = judge([...wrong, ...right]);
    expect(judged.slice(0, 3).map(({ accepted, reason }) => [accepted, reason])).toEqual(Array(3).fill([false, 'corrections of similar requests disagree']));
    expect(judged.slice(3).every(({ accepted }) => accepted)).toBe(true);
  });

  it('accepts two answers in one opportunity where their requests differ', () => {
    const one = ['a', 'b', 'c'].map((user) => correct(user, 'One.', [1, 0]));
    const two = ['d', 'e', 'f'].map((user) => correct(user, 'Two.', [0, 1]));
    expect(judge([...one, ...two]).every(({ accepted }) => accepted)).toBe(true);
  });

  it('holds a single correction back when its own neighbours name another answer, though its answer is right elsewhere', () => {
    const astray = correct('z', 'Two.', [1, 0]);
    const one = ['a', 'b', 'c', 'd', 'e'].map((user) => correct(user, 'One.', [1, 0]));
    const two = Array.from({ length: 8 }, (_, i) => correct(`t${i}`, 'Two.', [0, 1]));
    const judged = judge([astray, ...one, ...two]);
    expect(judged[0]?.reason).toBe('corrections of similar requests name another answer');
    expect(judged.slice(1).every(({ accepted }) => accepted)).toBe(true);
  });

  it('is surer the more users agree, and never quite sure', () => {
    const few = judge(['a', 'b', 'c'].map((user) => correct(user, 'One.')))[0]?.confidence ?? 1;
    const many = judge(Array.from({ length: 20 }, (_, i) => correct(`u${i}`, 'One.')))[0]?.confidence ?? 0;
    expect(few).toBeCloseTo(0.75);
    expect(many).toBeGreaterThan(few);
    expect(many).toBeLessThan(1);
  });

  it('accepts all, or nothing, when the configuration says so', () => {
    expect(judge([correct('a', 'One.')], { mode: 'accept_all' })[0]?.accepted).toBe(true);
    expect(judge(['a', 'b', 'c'].map((user) => correct(user, 'One.')), { mode: 'manual' }).some(({ accepted }) => accepted)).toBe(false);
  });
});
