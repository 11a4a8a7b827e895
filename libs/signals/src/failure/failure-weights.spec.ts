import { describe, expect, test } from '@jest/globals';
import { failureWeights, failureWeightsSchema, readFailureWeights, WeightsFileError } from './failure-weights.js';
import { type FeatureName, featureNames } from './feature-names.js';
import { boundsOf, HAND_SET } from './term-rules.js';

describe('the weights that ship', () => {
  test('are a valid file', () => {
    expect(failureWeightsSchema.parse(failureWeights)).toEqual(failureWeights);
  });

  test('have the terms that are set by hand as they are set', () => {
    expect(failureWeights.byHand).toMatchObject(HAND_SET);
  });

  test('let no word of trouble count for the reply, and no thanks against it', () => {
    for (const [name, weight] of Object.entries({ ...failureWeights.fitted, ...failureWeights.byHand })) {
      const { atLeast, atMost } = boundsOf(name as FeatureName);
      expect([name, weight >= atLeast && weight <= atMost]).toEqual([name, true]);
    }
  });
});

describe('readFailureWeights', () => {
  const change = (part: object): string => JSON.stringify({ ...failureWeights, ...part });

  test('reads what was written', () => {
    expect(readFailureWeights(JSON.stringify(failureWeights), 'w.json')).toEqual(failureWeights);
  });

  test.each([
    ['{', /w\.json is not valid JSON/u],
    [change({ threshold: 1.2 }), /w\.json: threshold/u],
    [change({ fitted: { 'next.nonsense': 1 } }), /next\.nonsense/u],
    [change({ fitted: { 'signal.error': 1 } }), /both fitted and by hand/u],
    [change({ bias: undefined }), /w\.json: bias/u],
  ])('refuses %.30s and says why', (text, message) => {
    expect(() => readFailureWeights(text, 'w.json')).toThrow(WeightsFileError);
    expect(() => readFailureWeights(text, 'w.json')).toThrow(message);
  });
});

test('no feature has two names', () => {
  expect(new Set(featureNames).size).toBe(featureNames.length);
  expect(featureNames.length).toBeLessThanOrEqual(256);
});
