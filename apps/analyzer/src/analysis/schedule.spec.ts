import { describe, expect, it } from '@jest/globals';
import { analysisCrons, isMeant } from './schedule.js';

const schedules = { 'support / EU': '0 */6 * * *', sales: '30 1 * * 1' };

describe('analysisCrons', () => {
  it('has one for all targets, and one for each workload with a pattern of its own, under a name that crontabs take', () => {
    const crons = analysisCrons({ ANALYSIS_CRON: '0 3 * * *', ANALYSIS_CRON_WORKLOADS: schedules });
    expect(crons.map(({ pattern, payload }) => [pattern, payload])).toEqual([['0 3 * * *', undefined], ['0 */6 * * *', { workload: 'support / EU' }], ['30 1 * * 1', { workload: 'sales' }]]);
    expect(new Set(crons.map(({ cronName }) => cronName)).size).toBe(3);
    for (const { cronName } of crons) expect(cronName).toMatch(/^[_a-zA-Z][-_a-zA-Z0-9]*$/u);
  });
});

describe('isMeant', () => {
  it('leaves workloads with their own pattern to it', () => {
    expect(['sales', 'other', 'toString'].filter((workload) => isMeant(workload, { scheduled: undefined, schedules }))).toEqual(['other', 'toString']);
    expect(['sales', 'other'].filter((workload) => isMeant(workload, { scheduled: 'sales', schedules }))).toEqual(['sales']);
  });
});
