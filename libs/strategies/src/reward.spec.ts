import { describe, expect, it } from '@jest/globals';
import { type CycleResult, DEFAULT_REWARD_WEIGHTS, rewardOf } from './reward.js';

const promoted: CycleResult = { outcome: 'promoted', targetGain: 0.2, harmed: 0, categories: 10, cost: 0, trainingSeconds: 0 };

describe('rewardOf', () => {
  it('is 1 for a promotion with full gain at no cost, and follows its formula elsewhere', () => {
    expect(rewardOf(promoted)).toBe(1);
    expect(rewardOf({ ...promoted, targetGain: 0.1, cost: 10, trainingSeconds: 3_600 })).toBeCloseTo(0.6 + 0.25 / 2 + 0.1 / 2 + 0.05 / 2);
    expect(rewardOf({ ...promoted, harmed: 2 })).toBeCloseTo(0.9);
  });

  it('sets every promotion above every candidate that was turned down', () => {
    const worst = rewardOf({ ...promoted, targetGain: 0, cost: 1e6, trainingSeconds: 1e6 });
    expect(worst).toBeGreaterThan(rewardOf({ ...promoted, outcome: 'judged_failed', targetGain: 5 }));
  });

  it('gives a near miss for a target that was reached, less for each category harmed, and nothing for low cost alone', () => {
    const failed: CycleResult = { ...promoted, outcome: 'judged_failed' };
    expect(rewardOf(failed)).toBeCloseTo(DEFAULT_REWARD_WEIGHTS.nearMiss);
    expect(rewardOf({ ...failed, harmed: 5 })).toBeCloseTo(DEFAULT_REWARD_WEIGHTS.nearMiss / 2);
    expect(rewardOf({ ...failed, targetGain: -0.1 })).toBe(0);
    expect(rewardOf({ outcome: 'judged_failed', harmed: 0, categories: 0, cost: 0, trainingSeconds: 0 })).toBe(0);
  });

  it.each(['rolled_back', 'rejected'] as const)('is nothing where real traffic or a person said no: %s', (outcome) => {
    expect(rewardOf({ ...promoted, outcome })).toBe(0);
  });

  it('takes other weights', () => {
    expect(rewardOf({ ...promoted, cost: 30 }, { ...DEFAULT_REWARD_WEIGHTS, promotion: 0, gain: 0, cost: 1, time: 0 })).toBeCloseTo(0.25);
  });
});
