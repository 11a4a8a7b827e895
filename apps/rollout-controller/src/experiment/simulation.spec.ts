import { describe, expect, it } from '@jest/globals';
import type { ExperimentSettings } from './experiment-settings.js';
import { type Procedure, type Truth, unitsFor, verdictShares } from './spec-support/simulate-experiment.js';

// Goal: the error rates of whole experiments, all looks and guards together. bench/experiments.mjs asks the same of many more.
const settings: Omit<ExperimentSettings, 'plan'> = { share: 0.5, controlShare: 0.5, alpha: 0.05, margin: 0.05, onWin: 'keep' };
const same: Truth = { control: 0.85, treatment: 0.85 };
const better: Truth = { control: 0.85, treatment: 0.9 };
const fixed = (unitsPerArm: number): Procedure => ({ settings: { ...settings, plan: { type: 'fixed', unitsPerArm, looks: 5 } }, unitsALook: Math.ceil(unitsPerArm / 5), looksMax: 100 });
// Three standard errors of a rate of 5 % in so many runs.
const atMostFive = (runs: number): number => 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);

describe('whole experiments, simulated', () => {
  it('name a winner at most in 5 % where there is no difference, with five looks', () => {
    expect(verdictShares({ runs: 300, seed: 1 }, fixed(500), same).winners).toBeLessThanOrEqual(atMostFive(300));
  });

  it('do so without an end, looked at a thousand times', () => {
    const open: Procedure = { settings: { ...settings, margin: 0.001, plan: { type: 'open' } }, unitsALook: 6, looksMax: 1000 };
    expect(verdictShares({ runs: 60, seed: 2 }, open, same).winners).toBeLessThanOrEqual(atMostFive(60));
  });

  it('find what the plan was sized for with nearly the power of one look, and sooner', () => {
    const units = unitsFor(better, { alpha: 0.05, power: 0.8 });
    const { share, meanUnits } = verdictShares({ runs: 150, seed: 3 }, fixed(units), better);
    expect(share('treatment_wins')).toBeGreaterThanOrEqual(0.78 - 3 * Math.sqrt((0.78 * 0.22) / 150));
    expect(share('control_wins')).toBe(0);
    expect(meanUnits).toBeLessThan(1.9 * units);
  });

  it('find it with a covariate more often than without', () => {
    const without = verdictShares({ runs: 150, seed: 4 }, fixed(300), better).winners;
    expect(verdictShares({ runs: 150, seed: 4 }, fixed(300), { ...better, correlation: 0.28 }).winners).toBeGreaterThan(without);
  });

  it('have no winner, ever, where half of an arm is lost on the way', () => {
    const { winners, endings } = verdictShares({ runs: 20, seed: 5 }, fixed(1000), { control: 0.85, treatment: 0.95, lost: 0.5 });
    expect(winners).toBe(0);
    expect(endings.every(({ state }) => state.hold === 'split' || state.verdict === 'inconclusive')).toBe(true);
  });
});
