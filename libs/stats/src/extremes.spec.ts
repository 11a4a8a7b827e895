import { describe, expect, test } from '@jest/globals';

import { calculate } from './calculate.js';
import { normalQuantile, normalUpperQuantile, normalUpperTail } from './distributions.js';
import { relativeNonInferiority } from './noninferiority.js';
import { clopperPearsonLower, minimumTrialsForBound } from './proportion-bounds.js';
import { ratioMetric } from './ratio-metric.js';
import { sampleRatioBayesFactor } from './sample-ratio.js';
import { pooledZTest } from './two-proportions.js';
import { welchTTest } from './welch.js';

const closeTo = (actual: number, expected: number, relative = 1e-12): void => expect(Math.abs(actual / expected - 1)).toBeLessThan(relative);

describe('digits are kept', () => {
  test.each([0.3, 1e-8, 1e-16, 1e-50, 1e-300])('far out in the tail of the normal distribution, at %p', (p) => {
    closeTo(normalUpperTail(normalUpperQuantile(p)), p, 1e-10);
    expect(normalQuantile(p)).toBe(-normalUpperQuantile(p));
  });

  test('at rates near 1: failures among a thousand million are compared as successes are', () => {
    const few = { x1: 30_000, n1: 1e9, x2: 5, n2: 86_122 };
    const [successes, failures] = [pooledZTest(few), pooledZTest({ ...few, x1: few.n1 - few.x1, x2: few.n2 - few.x2 })];
    closeTo(failures.z, -successes.z);
    closeTo(failures.p, successes.p);
  });

  test('at rates near 1: without a margin, non-inferiority is the pooled z test', () => {
    const counts = { xc: 999_999_990, nc: 1e9, xb: 1e6 - 3, nb: 1e6 };
    const { z } = pooledZTest({ x1: counts.xc, n1: counts.nc, x2: counts.xb, n2: counts.nb });
    closeTo(relativeNonInferiority({ ...counts, margin: 0 }).scoreZ, z, 1e-9);
  });

  test('in large samples: one more unit changes the Bayes factor by what was predicted of it, over its share', () => {
    const weights = [0.2, 0.8];
    const counts = [200_000_400_000, 799_999_600_000] as const;
    const [prior, units] = [50, counts[0] + counts[1]];
    const block = 1_000_000;
    const before = sampleRatioBayesFactor({ counts, weights }, prior).logBayesFactor;
    const after = sampleRatioBayesFactor({ counts: [counts[0] + block, counts[1]], weights }, prior).logBayesFactor;
    let predicted = 0;
    for (let unit = 0; unit < block; unit += 1) {
      const [seen, expected] = [prior * 0.2 + counts[0] + unit, 0.2 * (prior + units + unit)];
      predicted += Math.log1p((seen - expected) / expected);
    }
    expect(after - before).toBeCloseTo(predicted, 7);
  });

  test('with thousands of failures: one trial less misses the threshold', () => {
    const [failures, threshold] = [20_000, 0.9];
    const n = minimumTrialsForBound({ threshold, confidence: 0.95, failures });
    expect(clopperPearsonLower({ successes: n - failures, n }, 0.05)).toBeGreaterThan(threshold);
    expect(clopperPearsonLower({ successes: n - 1 - failures, n: n - 1 }, 0.05)).toBeLessThanOrEqual(threshold);
  });

  test.each([1e-150, 1e-90, 1e90, 1e150])('in units %p as large', (unit) => {
    const [one, other] = [{ mean1: 5.2, sd1: 1.1, n1: 30 }, { mean2: 4.9, sd2: 2.3, n2: 40 }];
    const [plain, scaled] = [welchTTest({ ...one, ...other }), welchTTest({ ...one, ...other, mean1: 5.2 * unit, sd1: 1.1 * unit, mean2: 4.9 * unit, sd2: 2.3 * unit })];
    closeTo(scaled.t, plain.t, 1e-9);
    closeTo(scaled.df, plain.df, 1e-9);
  });

  test('where every unit has the same rate: it has no error', () => {
    expect(ratioMetric([0.1, 0.3, 0.7], [1, 3, 7]).se).toBeLessThan(1e-16);
  });
});

describe('a calculation without one of its fields', () => {
  const two = { x1: 1, n1: 4, x2: 2, n2: 4 };
  const armCounts = { xc: 1, nc: 4, xb: 2, nb: 4 };
  const inputs: Record<string, Record<string, unknown>> = {
    two_prop_z_pooled: two,
    two_prop_diff_intervals: two,
    relative_noninferiority: { ...armCounts, margin: 0.05 },
    welch_t: { mean1: 1, sd1: 1, n1: 3, mean2: 2, sd2: 1, n2: 3 },
    asymptotic_cs: { se: 1, n: 10, nstar: 10, alpha: 0.05, estimate: 1 },
    msprt_normal_mixture: { diff: 1, se2: 1, tau2: 1 },
    group_sequential_bounds: { information_fractions: [0.5, 1], alpha: 0.05, spending: 'obf', sides: 2 },
    proportion_bounds: { successes: 3, n: 4 },
    safety_min_n: { threshold: 0.9, confidence: 0.9, failures: 0 },
    srm_chi_square: { counts: [1, 2], weights: [1, 1] },
    srm_sequential: { counts: [1, 2], weights: [1, 1] },
    bernoulli_e_process: { failures: 1, n: 4, q0: 0.1, q1: 0.2 },
    mcnemar: { old_right_new_wrong: 1, old_wrong_new_right: 2 },
    multiple_testing: { p: [0.1] },
    sample_size: { p_baseline: 0.8, p_candidate: 0.9, alpha: 0.05, power: 0.8 },
    ratio_metric_delta: { numerator_per_unit: [1, 2], denominator_per_unit: [2, 3] },
    cuped: { y: [1, 2], x: [1, 3] },
    stage_stratified_diff: { stages_xc_nc_xb_nb: [[1, 2, 1, 2]] },
    proposed_stage_decision: { ...armCounts, margin: 0.05, tau: 0.1, alpha: 0.05, min_n: 1 },
    murmur3_utf8: { key: 'a' },
  };
  const fields = Object.entries(inputs).flatMap(([group, input]) => Object.keys(input).map((field) => [group, field, input] as const));

  test.each(fields)('%s: says that "%s" is missing, and refuses one that is null or a list of lists', (group, field, input) => {
    expect(() => calculate(group, input)).not.toThrow();
    const { [field]: _, ...rest } = input;
    for (const bad of [rest, { ...rest, [field]: null }, { ...rest, [field]: [[{}]] }]) expect(() => calculate(group, bad)).toThrow(new RegExp(`^${group}: "${field}"`, 'u'));
  });
});
