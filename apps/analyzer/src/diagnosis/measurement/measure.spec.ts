import { describe, expect, it } from '@jest/globals';
import { rootCauseSchema } from '@ratchet/domain';
import { loadLabelledFailures } from './labelled-failures.js';
import { drawClusters, measure, predictClusters, predictEach, type Prediction } from './measure.js';

const rows = loadLabelledFailures();
const heldOut = rows.filter(({ half }) => half === 'held_out');

describe('the labelled failures', () => {
  it('are at least 45 of each cause, all different, in two halves of about the same size', () => {
    for (const cause of rootCauseSchema.options) expect(rows.filter(({ rootCause }) => rootCause === cause).length).toBeGreaterThanOrEqual(45);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ failure }) => failure.query.toLowerCase())).size).toBe(rows.length);
    expect(Math.abs(heldOut.length / rows.length - 0.5)).toBeLessThan(0.1);
  });
});

describe('the rules on the held-out half', () => {
  const measured = measure(predictEach(heldOut));

  it('tell the five causes of single failures apart with a macro F1 of at least 0.8', () => {
    expect(measured.macroF1).toBeGreaterThanOrEqual(0.8);
    for (const { f1 } of measured.causes) expect(f1).toBeGreaterThan(0.7);
  });

  it('are not surer of single failures than they are right', () => {
    const confidence = predictEach(heldOut).reduce((sum, { predicted, probabilities }) => sum + probabilities[predicted], 0) / heldOut.length;
    expect(confidence).toBeLessThanOrEqual(measured.accuracy + 0.02);
    expect(measured.logLoss).toBeLessThan(Math.log(5) / 2);
  });

  it('find the cause of clusters in which up to four failures of ten have another one', () => {
    const clusters = measure(predictClusters(drawClusters(heldOut, { count: 300, seed: 3 })));
    expect(clusters.macroF1).toBeGreaterThanOrEqual(0.9);
    expect(clusters.calibrationError).toBeLessThan(0.15);
  });
});

describe('measure', () => {
  const prediction = (truth: Prediction['truth'], predicted: Prediction['truth'], confidence: number): Prediction => ({
    id: 'x', truth, predicted,
    probabilities: { knowledge_gap: 0, intent_misunderstood: 0, format_unclear: 0, over_conservative_safety: 0, insufficient_grounding: 0, [truth]: 0.1, [predicted]: confidence },
  });

  it('counts precision, recall and F1 by cause, and how far confidence is from accuracy', () => {
    const all = [prediction('knowledge_gap', 'knowledge_gap', 0.9), prediction('knowledge_gap', 'format_unclear', 0.9), prediction('format_unclear', 'format_unclear', 0.9)];
    const { causes, accuracy, calibrationError } = measure(all);
    expect(causes.find(({ cause }) => cause === 'knowledge_gap')).toEqual({ cause: 'knowledge_gap', n: 2, precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(causes.find(({ cause }) => cause === 'format_unclear')).toEqual({ cause: 'format_unclear', n: 1, precision: 0.5, recall: 1, f1: 2 / 3 });
    expect(accuracy).toBeCloseTo(2 / 3);
    expect(calibrationError).toBeCloseTo(0.9 - 2 / 3);
  });
});
