import { describe, expect, it } from '@jest/globals';
import { referencesOf, rolloutPolicySchema, shareOf, tauOf } from './rollout-policy.js';

const problems = (policy: unknown): string => rolloutPolicySchema.safeParse(policy).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n') ?? '';

describe('rolloutPolicySchema', () => {
  it('has the stages of 1, 5, 25, 50 and 100 %, a day each', () => {
    const policy = rolloutPolicySchema.parse({});
    expect([1, 2, 3, 4, 5].map((stage) => shareOf(policy, stage))).toEqual([0.01, 0.05, 0.25, 0.5, 0.95]);
    expect(policy.minSoakMs).toEqual([1, 1, 1, 1].map((days) => days * 86_400_000));
    expect(policy.minSamples.slice(0, 4)).toEqual([50, 200, 200, 200]);
    expect(shareOf(policy, 0)).toBe(0);
  });

  it('takes single fields of a guard and leaves the others as they are', () => {
    const { quality, cost, weights } = rolloutPolicySchema.parse({ quality: { margin: 0.1 }, cost: { proof: 'none' }, weights: { cost: 0.2 } });
    expect(quality).toEqual({ margin: 0.1, minScores: 100, evaluators: ['relevance', 'factuality', 'format'], scoredBy: ['rules', 'judges'], proof: 'measured' });
    expect(cost).toEqual({ margin: 0.2, minRequests: 200, proof: 'none' });
    expect(weights).toEqual({ success: 0.8, errors: 0.1, quality: 0.04, cost: 0.2, latency: 0.03 });
  });

  it.each([
    [{ shares: [0.5, 0.25, 1], minSamples: [1, 1, 1], minSoakMs: [0, 0] }, /shares must grow/],
    [{ shares: [0.1, 0.5], minSamples: [1, 1], minSoakMs: [0] }, /shares must end with 1/],
    [{ shares: [0.97, 1], minSamples: [1, 1], minSoakMs: [0] }, /must not exceed 1 - holdback/],
    [{ minSamples: [50] }, /minSamples must have one number for each of the 5 stages/],
    [{ minSoakMs: [0] }, /minSoakMs must have one number for each of the 4 stages/],
    [{ maxStageMs: 1000 }, /maxStageMs must be longer/],
    [{ safety: { accepted: 0.01, caught: 0.01, alpha: 0.05 } }, /safety caught must be above accepted/],
    [{ weights: { success: 0 } }, /weights.success/],
    [{ quality: { minScores: 5 } }, /quality.minScores/],
    [{ thresholdZero: ['latency'] }, /thresholdZero/],
    [{ approvalStages: [6] }, /approvalStages must name stages from 1 to 5/],
  ])('refuses %j', (policy, message) => {
    expect(problems(policy)).toMatch(message);
  });
});

describe('referencesOf', () => {
  it('takes the champion\'s own rate where it has served enough, within limits', () => {
    expect(referencesOf({ units: 49, failedUnits: 40 })).toEqual({ success: 0.85 });
    expect(referencesOf({ units: 998, failedUnits: 300 }).success).toBeCloseTo(0.699, 10);
    expect(referencesOf({ units: 10_000, failedUnits: 0 })).toEqual({ success: 0.99 });
    expect(referencesOf({ units: 10_000, failedUnits: 10_000 })).toEqual({ success: 0.05 });
  });

  it('gives the scale of the differences looked for', () => {
    expect(tauOf({ margin: 0.05, reference: 0.85 })).toBeCloseTo(0.051, 12);
    expect(tauOf({ margin: 0.05, reference: 0.99 })).toBeCloseTo(0.02975, 12);
    expect(tauOf({ margin: 0.05, reference: 0.99, boundary: 0 })).toBeCloseTo(0.005, 12);
  });
});
