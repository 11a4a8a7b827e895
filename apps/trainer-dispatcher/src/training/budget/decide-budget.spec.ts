import { describe, expect, it } from '@jest/globals';
import { budgetStop } from './decide-budget.js';

describe("the month's budget of training", () => {
  it.each([
    ['nothing is limited', { seconds: 1e9, usd: 1e9 }, { hours: null, usd: null }, undefined],
    ['hours are left', { seconds: 3_599, usd: 0 }, { hours: 1, usd: null }, undefined],
    ['the hours are used up', { seconds: 3_600, usd: 0 }, { hours: 1, usd: null }, /hours are used up: 1\.00 h of 1\.00 h/u],
    ['no hour is allowed', { seconds: 0, usd: 0 }, { hours: 0, usd: null }, /hours are used up/u],
    ['the dollars are used up', { seconds: 0, usd: 12.5 }, { hours: 9, usd: 12 }, /\$12\.50 of \$12\.00/u],
  ])('when %s', (_when, spent, limits, message) => {
    if (message) expect(budgetStop(spent, limits)).toMatch(message);
    else expect(budgetStop(spent, limits)).toBeUndefined();
  });
});
