import { describe, expect, it } from '@jest/globals';
import { decideStage } from '@ratchet/stats';
import { stratifiedNonInferiority } from './stratified-noninferiority.js';

const plan = { margin: 0.05, tau: 0.0425, alpha: 0.05, minN: 50 };
const drift = (rates: readonly number[], sizes: readonly (readonly [number, number])[]) =>
  sizes.map(([nc, nb], i) => ({ xc: (rates[i] ?? 0) * nc, nc, xb: (rates[i] ?? 0) * nb, nb }));
const sizes = [[100, 9900], [500, 9500], [2500, 7500], [5000, 5000]] as const;

describe('stratifiedNonInferiority', () => {
  it('is the stage test where there is one stage', () => {
    const counts = { xc: 640, nc: 800, xb: 700, nb: 820 };
    const single = decideStage({ ...counts, ...plan });
    const stratified = stratifiedNonInferiority({ stages: [counts], ...plan });
    expect(stratified.verdict).toBe(single.verdict);
    expect(stratified.lower).toBeCloseTo(single.lower ?? NaN, 12);
    expect(stratified.upper).toBeCloseTo(single.upper ?? NaN, 12);
  });

  it.each([
    ['rising', [0.8, 0.83, 0.87, 0.9]],
    ['falling', [0.9, 0.87, 0.83, 0.8]],
  ])('sees no difference where there is none and the baseline is %s', (_, rates) => {
    const { contrast, verdict } = stratifiedNonInferiority({ stages: drift(rates, sizes), ...plan });
    const mean = rates.reduce((sum, rate, i) => sum + rate * ((sizes[i]![0] * sizes[i]![1]) / (sizes[i]![0] + sizes[i]![1])), 0) / sizes.reduce((sum, [nc, nb]) => sum + (nc * nb) / (nc + nb), 0);
    expect(contrast).toBeCloseTo(0.05 * mean, 10);
    expect(verdict).toBe('PROMOTABLE');
  });

  it('finds over all stages a harm that no stage could prove', () => {
    const stage = { xc: 142, nc: 200, xb: 170, nb: 200 };
    expect(decideStage({ ...stage, ...plan }).verdict).toBe('HOLD');
    expect(stratifiedNonInferiority({ stages: [stage, stage, stage, stage], ...plan }).verdict).toBe('ROLLBACK');
  });

  it('leaves out a stage with an empty arm, and holds below the minimum', () => {
    const stage = { xc: 40, nc: 49, xb: 40, nb: 49 };
    const empty = { xc: 30, nc: 30, xb: 0, nb: 0 };
    expect(stratifiedNonInferiority({ stages: [stage, empty], ...plan })).toEqual({ verdict: 'HOLD', lower: null, upper: null, contrast: null });
    expect(stratifiedNonInferiority({ stages: [], ...plan }).verdict).toBe('HOLD');
  });
});
