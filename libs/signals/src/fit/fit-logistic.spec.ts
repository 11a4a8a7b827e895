import { describe, expect, test } from '@jest/globals';
import { fitLogistic, logistic, type LogisticProblem, type LogisticRow, logLossOf, logOddsOf } from './fit-logistic.js';

const row = (values: readonly number[], label: 0 | 1, extra: Partial<LogisticRow> = {}): LogisticRow => ({ places: values.map((_, i) => i), values, label, weight: 1, offset: 0, ...extra });
const free = (rows: readonly LogisticRow[], width: number, extra: Partial<LogisticProblem> = {}): LogisticProblem => ({
  rows,
  width,
  prior: new Array<number>(width + 1).fill(0),
  pull: new Array<number>(width + 1).fill(0),
  atLeast: new Array<number>(width).fill(Number.NEGATIVE_INFINITY),
  atMost: new Array<number>(width).fill(Number.POSITIVE_INFINITY),
  ...extra,
});
const repeated = (times: number, values: readonly number[], label: 0 | 1): LogisticRow[] => Array.from({ length: times }, () => row(values, label));
/** 20 % failures without the feature, 60 % with it. */
const TABLE = [...repeated(80, [0], 0), ...repeated(20, [0], 1), ...repeated(40, [1], 0), ...repeated(60, [1], 1)];

describe('fitLogistic', () => {
  test('gives the log odds ratio of a two by two table', () => {
    const { weights, bias, converged } = fitLogistic(free(TABLE, 1));
    expect(converged).toBe(true);
    expect(logistic(bias)).toBeCloseTo(0.2, 8);
    expect(logistic(bias + (weights[0] as number))).toBeCloseTo(0.6, 8);
  });

  test('counts a row by its weight', () => {
    const weighted = [row([0], 0, { weight: 80 }), row([0], 1, { weight: 20 }), row([1], 0, { weight: 40 }), row([1], 1, { weight: 60 })];
    expect(fitLogistic(free(weighted, 1)).weights[0]).toBeCloseTo(fitLogistic(free(TABLE, 1)).weights[0] as number, 8);
  });

  test('takes offsets as given', () => {
    const shifted = TABLE.map((one) => ({ ...one, offset: 2 }));
    const [plain, moved] = [fitLogistic(free(TABLE, 1)), fitLogistic(free(shifted, 1))];
    expect(moved.bias).toBeCloseTo(plain.bias - 2, 8);
    expect(moved.weights[0]).toBeCloseTo(plain.weights[0] as number, 8);
  });

  test('keeps to the bounds, and fits the rest as well as they allow', () => {
    const { weights, bias } = fitLogistic(free(TABLE, 1, { atMost: [0] }));
    expect(weights[0]).toBe(0);
    expect(logistic(bias)).toBeCloseTo(0.4, 8);
  });

  test('with a strong pull it stays at the prior, and the more rows there are the less so', () => {
    const problem = (times: number): LogisticProblem => free(Array.from({ length: times }, () => TABLE).flat(), 1, { prior: [-1, 0], pull: [50, 0] });
    const few = fitLogistic(problem(1)).weights[0] as number;
    const many = fitLogistic(problem(20)).weights[0] as number;
    const free1 = fitLogistic(free(TABLE, 1)).weights[0] as number;
    expect(few).toBeLessThan(many);
    expect(many).toBeLessThan(free1);
    expect(fitLogistic({ ...problem(1), pull: [1e9, 0] }).weights[0]).toBeCloseTo(-1, 4);
  });

  test('stays finite where labels are separated', () => {
    const { weights } = fitLogistic(free([...repeated(10, [0], 0), ...repeated(10, [1], 1)], 1, { pull: [1, 1] }));
    expect(weights[0]).toBeGreaterThan(0);
    expect(Number.isFinite(weights[0])).toBe(true);
  });

  test('leaves a feature that no row has at its prior', () => {
    const { weights } = fitLogistic(free(TABLE.map((one) => ({ ...one })), 2, { prior: [0, 0.7, 0], pull: [0, 3, 0] }));
    expect(weights[1]).toBeCloseTo(0.7, 8);
  });
});

test('log loss is the negative logarithm of the probability, far out too', () => {
  expect(logLossOf(logOddsOf(0.8), 1)).toBeCloseTo(-Math.log(0.8), 12);
  expect(logLossOf(logOddsOf(0.8), 0)).toBeCloseTo(-Math.log(0.2), 12);
  expect(logLossOf(-900, 1)).toBe(900);
});
