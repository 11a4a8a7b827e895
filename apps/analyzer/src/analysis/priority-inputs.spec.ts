import { describe, expect, it } from '@jest/globals';
import { closenessToServedTraffic, estimateEffortDays, estimatePriorityInputs, estimateRegressionRisk } from './priority-inputs.js';
import type { Failure } from './failure.js';

const failure = (parts: Partial<Failure>): Failure => ({ interactionId: 'i', conversationId: 'c', version: 'v1', query: 'q', response: 'An answer.', severity: 0.5, signals: [], reasons: [], comments: [], ...parts });

describe('estimatePriorityInputs', () => {
  it('counts users once, by conversation where no user is known, and takes the mean severity', () => {
    const failures = [failure({ userId: 'a', severity: 1 }), failure({ userId: 'a', severity: 0.5 }), failure({ conversationId: 'x', severity: 0 }), failure({ conversationId: 'x', severity: 0.5 })];
    const inputs = estimatePriorityInputs({ failures, fixType: 'training_examples', outcomes: { succeeded: 0, failed: 0 } });
    expect(inputs.affectedUsers).toBe(2);
    expect(inputs.severity).toBeCloseTo(0.5);
  });

  it('asks more days for a larger cluster, and for retrieval more than for examples', () => {
    expect(estimateEffortDays({ fixType: 'training_examples', size: 200 })).toBeCloseTo(0.35);
    expect(estimateEffortDays({ fixType: 'training_examples', size: 10 })).toBeLessThan(estimateEffortDays({ fixType: 'training_examples', size: 1_000 }));
    expect(estimateEffortDays({ fixType: 'retrieval_change', size: 10 })).toBeGreaterThan(estimateEffortDays({ fixType: 'training_examples', size: 10 }));
  });
});

describe('estimateRegressionRisk', () => {
  it.each([
    [0, 0, 0, 0.25],
    [6, 0, 0, 0.1],
    [0, 6, 0, 0.7],
    [0, 0, 1, 0.4],
  ])('with %d promoted, %d failed and closeness %d is %d', (succeeded, failed, closeness, expected) => {
    expect(estimateRegressionRisk({ outcomes: { succeeded, failed }, closeness })).toBeCloseTo(expected);
  });

  it('counts real answers as close to served traffic, and ignorance and refusals as far from it', () => {
    expect(closenessToServedTraffic([failure({}), failure({ response: "I'm not sure." }), failure({ response: "I can't help with that." }), failure({ response: 'Another answer.' })])).toBeCloseTo(0.5);
    expect(closenessToServedTraffic([])).toBe(0);
  });
});
