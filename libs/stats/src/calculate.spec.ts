import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { calculate, calculationGroups } from './calculate.js';
import { CalculationError } from './input.js';

interface VectorGroup {
  id: string;
  abs_tol: number;
  vectors: { id: string; in: unknown; out: Record<string, unknown> }[];
}

// Reference values are printed with twelve significant digits, so no tolerance can be finer than that.
const PRINTED_DIGITS_TOLERANCE = 1e-11;

const differences = (expected: unknown, actual: unknown, tolerance: number, path: string): string[] => {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [`${path}: ${String(actual)}`];
    return expected.flatMap((value, index) => differences(value, actual[index], tolerance, `${path}[${index}]`));
  }
  if (typeof expected !== 'number' || typeof actual !== 'number') {
    return Object.is(expected, actual) ? [] : [`${path}: ${String(actual)} instead of ${String(expected)}`];
  }
  const allowed = tolerance + PRINTED_DIGITS_TOLERANCE * Math.abs(expected);
  return Math.abs(actual - expected) <= allowed ? [] : [`${path}: ${actual} instead of ${expected}`];
};

const dataDir = process.env['RATCHET_DATA_DIR'];

if (dataDir === undefined) {
  test.skip('agrees with the reference vectors (set RATCHET_DATA_DIR to the folder of stats_vectors.json to run this)', () => undefined);
} else {
  const text = readFileSync(join(dataDir, 'stats_vectors.json'), 'utf8');
  const { groups } = JSON.parse(text) as { groups: VectorGroup[] };
  describe('agrees with the reference vectors of', () => {
    test.each(groups.map((group) => [group.id, group] as const))('%s', (id, group) => {
      expect(group.vectors.length).toBeGreaterThan(0);
      const wrong = group.vectors.flatMap((vector) => {
        const actual = calculate(id, vector.in);
        const names = Object.keys(vector.out);
        const extra = Object.keys(actual).filter((name) => !names.includes(name));
        return [
          ...extra.map((name) => `${vector.id}: ${name} is not asked for`),
          ...names.flatMap((name) => differences(vector.out[name], actual[name], group.abs_tol, `${vector.id}.${name}`)),
        ];
      });
      expect(wrong).toEqual([]);
    });
  });
}

describe('calculate', () => {
  test('knows every group by name', () => {
    expect(calculationGroups()).toEqual([...new Set(calculationGroups())].sort());
    expect(calculationGroups()).toContain('srm_sequential');
  });

  test.each([
    ['no_such_group', {}, 'the groups are asymptotic_cs'],
    ['welch_t', [1, 2], 'must be a JSON object'],
    ['welch_t', { mean1: 1 }, '"sd1" must be a number of at least 0; it is missing'],
    ['two_prop_z_pooled', { x1: 5, n1: 4, x2: 1, n2: 4 }, '"x1" must be a whole number from 0 to 4; it is 5'],
    ['two_prop_z_pooled', { x1: 1, n1: 4, x2: 1, n2: 4, alternative: 'up' }, 'must be one of two-sided, larger, smaller'],
    ['srm_chi_square', { counts: [1, 2], weights: [1, 1, 1] }, 'same length'],
    ['bernoulli_e_process', { failures: 0, n: 3, q0: 0.1, q1: 0.05 }, '"q1" must be above "q0"'],
    ['group_sequential_bounds', { information_fractions: [0.5, 0.4], alpha: 0.05, spending: 'obf', sides: 2 }, 'grow strictly'],
    ['stage_stratified_diff', { stages_xc_nc_xb_nb: [[1, 2, 3]] }, 'must be the counts [xc, nc, xb, nb]'],
    ['multiple_testing', { p: [0.1, 2] }, '"p"[1] must be a number from 0 to 1; it is 2'],
  ])('refuses bad input of %s', (group, input, message) => {
    expect(() => calculate(group, input)).toThrow(CalculationError);
    expect(() => calculate(group, input)).toThrow(message);
  });

  test('hashes the UTF-8 bytes of a key', () => {
    expect(calculate('murmur3_utf8', { key: 'feat:😊' })).toEqual({ murmur3_x86_32_utf8: 2260962564 });
  });
});
