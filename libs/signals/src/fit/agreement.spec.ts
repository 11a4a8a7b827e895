import { describe, expect, test } from '@jest/globals';
import { agreementAt, calibrationErrorOf, logLossOfRows, reliabilityByMass, reliabilityByWidth, rocAucOf, type Scored, thresholdForF1 } from './agreement.js';

const rows = (...pairs: readonly (readonly [number, 0 | 1])[]): Scored[] => pairs.map(([probability, label]) => ({ probability, label }));

describe('agreement with labels', () => {
  const some = rows([0.9, 1], [0.8, 0], [0.4, 1], [0.1, 0]);

  test('precision, recall and F1 count what is flagged from the threshold on', () => {
    expect(agreementAt(some, 0.8)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(agreementAt(some, 0.4)).toEqual({ precision: 2 / 3, recall: 1, f1: 0.8 });
    expect(agreementAt(some, 1)).toEqual({ precision: 0, recall: 0, f1: 0 });
  });

  test('the area under the curve is the share of pairs in the right order, equal ones by half', () => {
    expect(rocAucOf(some)).toBe(0.75);
    expect(rocAucOf(rows([0.5, 1], [0.5, 0]))).toBe(0.5);
  });

  test('log loss is that of what was the case', () => {
    expect(logLossOfRows(rows([0.8, 1], [0.8, 0]))).toBeCloseTo((-Math.log(0.8) - Math.log(0.2)) / 2, 12);
  });

  test('the threshold for F1 is the near one of those that are as good', () => {
    expect(thresholdForF1([some], { near: 0.3, slack: 0 })).toBe(0.3);
    expect(thresholdForF1([some], { near: 0.9, slack: 0 })).toBe(0.4);
  });
});

describe('calibration', () => {
  const calibrated = rows(...Array.from({ length: 100 }, (_, i): [number, 0 | 1] => [0.25, i < 25 ? 1 : 0]), ...Array.from({ length: 100 }, (_, i): [number, 0 | 1] => [0.75, i < 75 ? 1 : 0]));

  test('probabilities that mean what they say have no error', () => {
    expect(calibrationErrorOf(reliabilityByWidth(calibrated))).toBeCloseTo(0, 12);
    expect(calibrationErrorOf(reliabilityByMass(calibrated, 2))).toBeCloseTo(0, 12);
  });

  test('the error is the mean distance of what was said and what was the case', () => {
    const off = calibrated.map(({ probability, label }) => ({ probability: probability + 0.1, label }));
    expect(calibrationErrorOf(reliabilityByWidth(off))).toBeCloseTo(0.1, 12);
  });

  test('bins hold every row once, whatever their kind', () => {
    const spread = Array.from({ length: 103 }, (_, i): Scored => ({ probability: i / 102, label: i % 3 === 0 ? 1 : 0 }));
    for (const bins of [reliabilityByWidth(spread), reliabilityByMass(spread)]) expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(103);
    expect(reliabilityByMass(spread).map(({ count }) => count).every((count) => count === 10 || count === 11)).toBe(true);
  });
});
