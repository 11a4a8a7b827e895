import { describe, expect, it } from '@jest/globals';
import { calibrate, type ScoredHeldOut } from './calibration.js';
import { seededRandom } from './random.js';

/** Scores of a model that is right as often as `softmax(scores / trueTemperature)` says. */
function drawn(trueTemperature: number): ScoredHeldOut[] {
  const random = seededRandom(5);
  return Array.from({ length: 4_000 }, () => {
    const margin = random() * 8;
    const p = 1 / (1 + Math.exp(-margin / trueTemperature));
    return { scores: Float64Array.of(margin, 0), classIndex: random() < p ? 0 : 1, outOfScope: false };
  });
}

describe('calibrate', () => {
  it.each([0.5, 1, 2.5])('finds the temperature %d that made the labels', (temperature) => {
    expect(calibrate(drawn(temperature)).temperature).toBeCloseTo(temperature, 0);
    expect(Math.abs(calibrate(drawn(temperature)).temperature / temperature - 1)).toBeLessThan(0.15);
  });

  it('sets the threshold so that one known example in twenty is below it', () => {
    const items = drawn(1);
    const { temperature, threshold } = calibrate(items);
    const confidence = ({ scores }: ScoredHeldOut): number => 1 / (1 + Math.exp(-(scores[0] as number) / temperature));
    const flagged = items.filter((item) => confidence(item) < threshold - 1e-12).length;
    expect(flagged / items.length).toBeCloseTo(0.05, 3);
  });

  it('does not let out-of-scope examples move the threshold', () => {
    const known = drawn(1);
    const unknown = known.slice(0, 50).map((item) => ({ ...item, scores: Float64Array.of(0.1, 0), outOfScope: true, classIndex: 0 }));
    expect(calibrate([...known, ...unknown]).threshold).toBeGreaterThan(0.52);
  });

  it('flags nothing when there is nothing to judge by', () => {
    expect(calibrate([])).toEqual({ temperature: 1, threshold: 0, heldOutExamples: 0, heldOutAccuracy: null });
  });
});
