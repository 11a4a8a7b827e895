import { describe, expect, it } from '@jest/globals';
import { fixTypeSchema } from '@ratchet/domain';
import { chooseStrategy, smoothedSuccess } from './strategy.js';
import type { Failure } from './failure.js';

const failure = (user: string, correction?: string): Failure => ({ interactionId: user, conversationId: user, userId: user, version: 'v1', query: 'q', response: 'r', severity: 0.5, signals: [], reasons: [], comments: [], ...(correction !== undefined && { correction }) });
const agreed = ['a', 'b', 'c'].map((user) => failure(user, 'The same answer.'));

describe('chooseStrategy', () => {
  it('uses what corrections allow: agreed ones, then a few, then none', () => {
    const choose = (failures: Failure[]): string => chooseStrategy({ fixType: 'training_examples', failures, records: new Map() });
    expect(choose(agreed)).toBe('agreed_corrections');
    expect(choose([failure('a', 'One.'), failure('b', 'Two.')])).toBe('spread_corrections');
    expect(choose([failure('a')])).toBe('teach_representatives');
  });

  it('prefers another strategy once the first has failed more often', () => {
    const records = new Map([['agreed_corrections', { succeeded: 0, failed: 2 }], ['spread_corrections', { succeeded: 1, failed: 0 }]]);
    expect(chooseStrategy({ fixType: 'training_examples', failures: agreed, records })).toBe('spread_corrections');
  });

  it('does not leave a good strategy after one failure among many successes', () => {
    const records = new Map([['agreed_corrections', { succeeded: 8, failed: 1 }]]);
    expect(chooseStrategy({ fixType: 'training_examples', failures: agreed, records })).toBe('agreed_corrections');
  });

  it.each(fixTypeSchema.options)('knows a strategy for %s without any correction', (fixType) => {
    expect(chooseStrategy({ fixType, failures: [failure('a')], records: new Map() })).not.toBe('');
  });

  it('puts an untried strategy at one half', () => {
    expect(smoothedSuccess({ succeeded: 0, failed: 0 })).toBe(0.5);
    expect(smoothedSuccess({ succeeded: 3, failed: 1 })).toBeCloseTo(4 / 6);
  });
});
