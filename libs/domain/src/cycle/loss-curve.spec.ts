import { describe, expect, it } from '@jest/globals';
import { LOSS_POINTS_MAX, thinnedLossCurve } from './loss-curve.js';

describe('thinnedLossCurve', () => {
  it('keeps the first and the last of many points, and no more than may be told', () => {
    const points = Array.from({ length: 12_345 }, (_, step) => ({ step, trainLoss: 1 / (step + 1) }));
    const curve = thinnedLossCurve(points);
    expect(curve).toHaveLength(LOSS_POINTS_MAX);
    expect([curve[0]?.step, curve.at(-1)?.step]).toEqual([0, 12_344]);
    expect(new Set(curve.map(({ step }) => step)).size).toBe(LOSS_POINTS_MAX);
  });

  it('orders points by step, takes the last of one step, and leaves out what is none', () => {
    const points = [{ step: 3, trainLoss: 0.5 }, { step: 1, trainLoss: 2, validLoss: 2.5 }, { step: 3, trainLoss: 0.25 }, { step: -1, trainLoss: 1 }, { step: 2, trainLoss: Number.NaN }, null, 'x'];
    expect(thinnedLossCurve(points)).toEqual([{ step: 1, trainLoss: 2, validLoss: 2.5 }, { step: 3, trainLoss: 0.25 }]);
  });
});
