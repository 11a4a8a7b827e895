import { describe, expect, it } from '@jest/globals';
import { planRates } from './plan-rates.js';
import type { StratumTraffic } from './plan-rates.js';
import { SamplingRates } from './sampling-rates.js';

const rule = { base: 0.05, perHourMin: 20, boostPerHour: 2_000, budgetPerHour: 10_000 };
const traffic = (perHour: number, more: Partial<StratumTraffic> = {}): StratumTraffic => ({ perHour, isClose: false, suspicious: [], ...more });
const ratesOf = (strata: readonly StratumTraffic[], change: Partial<typeof rule> = {}): number[] => planRates(strata, { ...rule, ...change }).map(({ rate }) => rate);

describe('planRates', () => {
  it.each([
    ['busy traffic at the base rate', traffic(1_000), 0.05],
    ['rare traffic at what the minimum takes', traffic(100), 0.2],
    ['very rare traffic whole', traffic(5), 1],
    ['a candidate arm ten times as closely', traffic(1_000, { isClose: true }), 0.2],
    ['a small candidate arm whole', traffic(50, { isClose: true }), 1],
  ])('samples %s', (_, stratum, rate) => {
    expect(ratesOf([stratum])).toEqual([rate]);
  });

  it('boosts the streams near a decision, and no others', () => {
    expect(planRates([traffic(1_000, { suspicious: ['relevance'] }), traffic(1_000)], rule)).toEqual([{ rate: 0.05, boosts: { relevance: 1 } }, { rate: 0.05, boosts: {} }]);
  });

  it('boosts only as far as it is of use', () => {
    expect(planRates([traffic(10_000, { suspicious: ['relevance'] })], rule)[0]?.boosts).toEqual({ relevance: 0.2 });
    expect(planRates([traffic(100_000, { suspicious: ['relevance'] })], rule)[0]?.boosts).toEqual({});
    expect(planRates([traffic(1_000, { suspicious: ['relevance'] })], { ...rule, boostPerHour: 0 })[0]?.boosts).toEqual({});
  });

  it('keeps the budget: boosts go first, then the largest strata, and rare ones last', () => {
    const strata = [traffic(100_000, { suspicious: ['relevance'] }), traffic(10_000), traffic(10)];
    const planned = planRates(strata, { ...rule, boostPerHour: 100_000, budgetPerHour: 8_000 });
    expect(planned.map(({ rate }) => rate)).toEqual([0.05, 0.05, 1]);
    const used = planned.reduce((sum, { rate, boosts }, i) => sum + (strata[i]?.perHour ?? 0) * Math.max(rate, boosts['relevance'] ?? 0), 0);
    expect(used).toBeCloseTo(8_000, 6);
    const tight = planRates(strata, { ...rule, budgetPerHour: 1_010 });
    expect(tight.map(({ rate }) => rate)).toEqual([0.005, 0.05, 1]);
    expect(tight[0]?.boosts).toEqual({});
  });

  it('takes nothing at rate 0', () => {
    expect(planRates([traffic(5, { isClose: true, suspicious: ['safety'] })], { ...rule, base: 0 })).toEqual([{ rate: 0, boosts: {} }]);
  });
});

describe('SamplingRates', () => {
  const rest = { model: 'm', workload: 'w', version: 'v1', arm: 'rest' as const };
  const control = { ...rest, arm: 'control' as const };

  it('weighs arms of one version so that they stand for its traffic', () => {
    const rates = new SamplingRates().startAt(0.05);
    rates.replace([{ ...rest, rate: 0.05, boosts: {} }, { ...control, rate: 0.5, boosts: { safety: 1 } }]);
    expect(rates.of(rest).weightOf('relevance')).toBe(1);
    expect(rates.of(control).weightOf('relevance')).toBeCloseTo(0.1);
    expect(rates.of(control).weightOf('safety')).toBeCloseTo(0.05);
    expect(rates.of(control).rateOf('safety')).toBe(1);
    expect(rates.of(control).highest).toBe(1);
  });

  it('looks closely at what was not counted yet, unless sampling is off', () => {
    expect(new SamplingRates().startAt(0.05).of(rest).highest).toBe(0.25);
    expect(new SamplingRates().startAt(1).of(rest).highest).toBe(1);
    expect(new SamplingRates().startAt(0).of(rest).highest).toBe(0);
  });
});
