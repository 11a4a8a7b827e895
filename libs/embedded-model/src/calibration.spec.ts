import { describe, expect, it } from '@jest/globals';
import { bestOf, calibrate, type Calibration, confidenceOf, HELD_OUT_FLAGGED, type ScoredHeldOut, scoreScale } from './calibration.js';
import { seededRandom } from './random.js';

/** Two-class examples of a model whose log-odds are `sharpness` times too bold. */
function drawn(sharpness: number): ScoredHeldOut[] {
  const random = seededRandom(5);
  return Array.from({ length: 4_000 }, () => {
    const trueLogOdds = random() * 6;
    const p = 1 / (1 + Math.exp(-trueLogOdds));
    return { scores: Float64Array.of(trueLogOdds * sharpness, 0), classIndex: random() < p ? 0 : 1, outOfScope: false };
  });
}

const confidence = (calibration: Calibration, { scores }: ScoredHeldOut): number =>
  confidenceOf(calibration, bestOf({ scores, classes: 2, temperature: calibration.temperature }).logOdds);

const fit = (items: readonly ScoredHeldOut[]): Calibration => calibrate({ items, scale: scoreScale(items), isOutOfScope: () => false });

describe('calibrate', () => {
  it.each([0.2, 1, 5])('makes confidence the share that is right, for scores %d times as bold', (sharpness) => {
    const items = drawn(sharpness);
    const calibration = fit(items);
    for (const [low, high] of [[0.5, 0.75], [0.75, 0.9], [0.9, 0.97], [0.97, 1]] as const) {
      const band = items.filter((item) => confidence(calibration, item) >= low && confidence(calibration, item) < high);
      const right = band.filter(({ classIndex }) => classIndex === 0).length / band.length;
      const said = band.reduce((sum, item) => sum + confidence(calibration, item), 0) / band.length;
      expect(band.length).toBeGreaterThan(100);
      expect(Math.abs(right - said)).toBeLessThan(0.05);
    }
  });

  it('sets the threshold so that its share of the known examples is below it', () => {
    const items = drawn(1);
    const calibration = fit(items);
    const flagged = items.filter((item) => confidence(calibration, item) < calibration.threshold).length;
    expect(flagged / items.length).toBeCloseTo(HELD_OUT_FLAGGED, 3);
  });

  it('does not let out-of-scope examples move the threshold much', () => {
    const known = drawn(1);
    const unknown = known.slice(0, 400).map((item) => ({ ...item, scores: Float64Array.of(0.01, 0), outOfScope: true }));
    const items = [...known, ...unknown];
    const calibration = fit(items);
    expect(known.filter((item) => confidence(calibration, item) < calibration.threshold).length / known.length).toBeCloseTo(HELD_OUT_FLAGGED, 3);
  });

  it('counts known texts that are taken for out of scope as flagged', () => {
    const items = drawn(1);
    const twisted = items.map((item, i) => (i % 20 === 0 ? { ...item, scores: Float64Array.of(0, 4) } : item));
    const calibration = calibrate({ items: twisted, scale: scoreScale(twisted), isOutOfScope: (classIndex) => classIndex === 1 });
    const below = items.filter((item, i) => i % 20 !== 0 && confidence(calibration, item) < calibration.threshold).length;
    expect(below).toBe(0);
  });

  it('is not certain after a handful of right answers', () => {
    const few = drawn(1).slice(0, 5).map((item) => ({ ...item, classIndex: 0 }));
    const calibration = fit(few);
    expect(Math.max(...few.map((item) => confidence(calibration, item)))).toBeLessThan(0.99);
  });

  it('stays above what it makes of noise, but lets half of the known texts through', () => {
    const items = drawn(1);
    const calibrated = (margin: number): number => {
      const calibration = calibrate({ items, scale: scoreScale(items), isOutOfScope: () => false, noise: [Float64Array.of(margin, 0)] });
      return items.filter((item) => confidence(calibration, item) < calibration.threshold).length / items.length;
    };
    expect(calibrated(0)).toBeCloseTo(HELD_OUT_FLAGGED, 2);
    expect(calibrated(1.5)).toBeCloseTo(0.25, 1);
    expect(calibrated(100)).toBeCloseTo(0.5, 2);
  });

  it('flags nothing when there is nothing to judge by', () => {
    expect(fit([])).toMatchObject({ threshold: 0, heldOutExamples: 0, heldOutAccuracy: null });
  });
});
