import { describe, expect, it } from '@jest/globals';
import { decideAlert } from './decide-alert.js';

const rule = { threshold: 0.6, samplesMin: 50, hysteresis: 0.05 };

describe('decideAlert', () => {
  it.each([
    ['raises below the threshold', false, 0.59, 50, 'raise'],
    ['stays quiet at the threshold', false, 0.6, 50, 'keep'],
    ['stays quiet with too few samples', false, 0.1, 49, 'keep'],
    ['keeps an open alert inside the hysteresis', true, 0.62, 200, 'keep'],
    ['resolves once the mean has risen enough', true, 0.65, 200, 'resolve'],
    ['does not resolve with too few samples', true, 0.9, 10, 'keep'],
    ['does not raise twice', true, 0.2, 200, 'keep'],
  ] as const)('%s', (_, open, mean, samples, decision) => {
    expect(decideAlert({ open, window: { mean, samples }, rule })).toBe(decision);
  });

  it('can resolve an alert whose threshold is close to 1', () => {
    expect(decideAlert({ open: true, window: { mean: 1, samples: 100 }, rule: { ...rule, threshold: 0.99 } })).toBe('resolve');
  });
});
