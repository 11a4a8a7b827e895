import { describe, expect, it } from '@jest/globals';
import { cronPatternsVariable, cronsOf, meantBy } from './schedules.js';

const patterns = { 'support / EU': '0 */6 * * *', sales: '30 1 * * 1' };

describe('cronsOf', () => {
  it('has one for all, and one for each name with a pattern of its own, under a name that crontabs take', () => {
    const crons = cronsOf({ cronName: 'nightly', jobName: 'look', pattern: '0 3 * * *', patterns });
    expect(crons.map(({ pattern, payload }) => [pattern, payload])).toEqual([['0 3 * * *', undefined], ['0 */6 * * *', { own: 'support / EU' }], ['30 1 * * 1', { own: 'sales' }]]);
    expect(new Set(crons.map(({ cronName }) => cronName)).size).toBe(3);
    for (const { cronName } of crons) expect(cronName).toMatch(/^[_a-zA-Z][-_a-zA-Z0-9]*$/u);
  });
});

describe('meantBy', () => {
  it('leaves names with their own pattern to it, so that each is meant exactly once', () => {
    const names = ['support / EU', 'sales', 'other', 'toString'];
    const meant = cronsOf({ cronName: 'nightly', jobName: 'look', pattern: '0 3 * * *', patterns }).map(({ payload = {} }) => names.filter(meantBy(payload, patterns)));
    expect(meant).toEqual([['other', 'toString'], ['support / EU'], ['sales']]);
  });
});

describe('cronPatternsVariable', () => {
  it('takes patterns of five fields, and nothing else', () => {
    expect(cronPatternsVariable.parse('{"support": "0 */6 * * *"}')).toEqual({ support: '0 */6 * * *' });
    expect(() => cronPatternsVariable.parse('{"support": "daily"}')).toThrow('five fields');
    expect(() => cronPatternsVariable.parse('support')).toThrow('not JSON');
  });
});
