import { describe, expect, it } from '@jest/globals';
import { decideReservation, monthOf, type BudgetLimits } from './decide-reservation.js';
import { costOf, estimateUsage } from './price.js';

const decide = (limits: BudgetLimits, runUsd: number, monthUsd: number, amountUsd = 0.1): string => {
  const decision = decideReservation({ limits, spent: { runUsd, monthUsd }, amountUsd });
  return decision.granted ? 'granted' : decision.code;
};

describe('decideReservation', () => {
  it.each<[string, BudgetLimits, number, number, string]>([
    ['grants what fits exactly', { runUsd: 1, monthUsd: 10 }, 0.9, 9.9, 'granted'],
    ['refuses what goes over the run', { runUsd: 1, monthUsd: 10 }, 0.95, 5, 'run_budget'],
    ['refuses what goes over the month', { runUsd: 1, monthUsd: 10 }, 0, 9.95, 'month_budget'],
    ['names the month where both are used up: a new run cannot help', { runUsd: 1, monthUsd: 10 }, 1, 10, 'month_budget'],
    ['knows no limit where none is set', { runUsd: null, monthUsd: null }, 1e6, 1e6, 'granted'],
    ['allows nothing on a budget of nothing', { runUsd: 0, monthUsd: null }, 0, 0, 'run_budget'],
  ])('%s', (_what, limits, run, month, expected) => {
    expect(decide(limits, run, month)).toBe(expected);
  });

  it('adds up many small amounts without losing the last to rounding', () => {
    let spent = 0;
    let calls = 0;
    while (decide({ runUsd: 1, monthUsd: null }, spent, 0) === 'granted') {
      spent += 0.1;
      calls += 1;
    }
    expect(calls).toBe(10);
  });

  it('says in words what is spent', () => {
    const decision = decideReservation({ limits: { runUsd: 0.05, monthUsd: null }, spent: { runUsd: 0.049, monthUsd: 0.049 }, amountUsd: 0.01 });
    expect(decision).toMatchObject({ message: "the run's budget of $0.0500 is used up: $0.0490 are spent or set aside, and the next call may cost $0.0100" });
  });
});

describe('monthOf', () => {
  it('is the month in UTC', () => {
    expect(monthOf(new Date('2026-01-31T23:59:59-02:00'))).toBe('2026-02');
  });
});

describe('costOf', () => {
  it('is the price of tokens by the million', () => {
    expect(costOf({ inputTokens: 2_000_000, outputTokens: 500_000 }, { inputUsdPerMillion: 3, outputUsdPerMillion: 15 })).toBeCloseTo(13.5, 10);
    expect(estimateUsage({ inputChars: 401, outputChars: 0 })).toEqual({ inputTokens: 101, outputTokens: 0 });
  });
});
