import { describe, expect, it } from '@jest/globals';
import { concludeExperiment } from './experiment.js';
import { arm, evidenceOf, quickPolicy, tally } from './rollout-driver.fixture.js';

const conclude = (candidateFails: number, n: number) => concludeExperiment(evidenceOf([tally(1, arm(n, candidateFails), arm(n, 0.15)), tally(2, arm(n, candidateFails), arm(n, 0.15))]), quickPolicy());

describe('concludeExperiment', () => {
  it.each([
    [0.05, 2000, 'treatment_wins'],
    [0.25, 2000, 'control_wins'],
    [0.15, 5000, 'no_difference'],
    [0.15, 200, 'inconclusive'],
    [0.13, 200, 'inconclusive'],
    [0.9, 20, 'inconclusive'],
  ])('with %f failures of 2 x %i conversations against 0.15 says %s', (fails, n, verdict) => {
    expect(conclude(fails, n).verdict).toBe(verdict);
  });

  it('reports the difference of success with its interval', () => {
    const { difference, lower, upper } = conclude(0.05, 2000);
    expect(difference).toBeCloseTo(0.1, 10);
    expect(lower).toBeGreaterThan(0.05);
    expect(upper).toBeLessThan(0.15);
  });

  it('takes no data, and outcomes that all agree, as inconclusive', () => {
    expect(concludeExperiment(evidenceOf([]), quickPolicy())).toEqual({ verdict: 'inconclusive', difference: 0, lower: -1, upper: 1 });
    expect(concludeExperiment(evidenceOf([tally(1, arm(100, 0), arm(100, 0))]), quickPolicy()).verdict).toBe('inconclusive');
  });
});
