import { describe, expect, test } from '@jest/globals';
import { FailureFeatures } from './failure-features.js';
import { type FeatureName, featurePlaces } from './feature-names.js';
import { FailureModel } from './failure-probability.js';
import type { FailureWeights } from './failure-weights.js';
import { severityOf } from './severity.js';

const weights: FailureWeights = {
  version: 'test',
  embedding: 'hashed-512',
  threshold: 0.3,
  bias: -1,
  implicitLimit: 2,
  fitted: { 'next.no_first': 1.5, 'next.thanks': -2 },
  byHand: { 'signal.reformulation': 3, 'signal.thumbs_up': -5, 'signal.thumbs_down': 5 },
  learntFrom: { labels: 0, failures: 0, source: 'this test' },
};

const model = new FailureModel(weights);
const featuresOf = (values: Partial<Record<FeatureName, number>>): FailureFeatures => {
  const features = new FailureFeatures();
  for (const [name, value] of Object.entries(values)) features.add(featurePlaces[name as FeatureName], value);
  return features;
};

describe('FailureModel', () => {
  test('is the logistic function of bias and listed terms', () => {
    const { probability, terms } = model.estimate(featuresOf({ 'next.no_first': 1, 'signal.reformulation': 0.5 }));
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(terms.reduce((sum, { contribution }) => sum + contribution, weights.bias)).toBeCloseTo(2, 12);
    expect(terms.map(({ name }) => name)).toEqual(['next.no_first', 'signal.reformulation']);
  });

  test('lets explicit feedback outrank any amount of implicit evidence, and says so', () => {
    const { probability, terms } = model.estimate(featuresOf({ 'next.no_first': 5, 'signal.reformulation': 1, 'signal.thumbs_up': 1 }));
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(3)), 12);
    expect(terms.map(({ name }) => name)).toContain('explicit_outranks');
  });

  test('gives the same probability with and without the terms, and forgets the features that are cleared', () => {
    const features = featuresOf({ 'next.no_first': 1, 'signal.thumbs_down': 1 });
    expect(model.probability(features)).toBe(model.estimate(features).probability);
    expect(model.probability(features.clear())).toBe(1 / (1 + Math.E));
  });

  test('ignores features without a weight', () => {
    expect(model.estimate(featuresOf({ 'next.long': 1 }))).toEqual({ probability: 1 / (1 + Math.E), terms: [] });
  });
});

describe('severityOf', () => {
  const signal = (name: 'user_correction' | 'quick_abandonment' | 'thanks' | 'reformulation', strength = 1) => ({ name, strength, evidence: {} });

  test('a correction weighs far more than a quick goodbye', () => {
    expect(severityOf([signal('user_correction')])).toBeGreaterThan(3 * severityOf([signal('quick_abandonment')]));
  });

  test('more evidence raises it, good signs do not count, and it stays within 1', () => {
    expect(severityOf([signal('user_correction'), signal('reformulation')])).toBeGreaterThan(severityOf([signal('user_correction'), signal('thanks')]));
    expect(severityOf([signal('user_correction'), signal('user_correction')])).toBeLessThanOrEqual(1);
  });
});
