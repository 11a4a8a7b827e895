import { describe, expect, it } from '@jest/globals';
import { shouldTrain } from './trigger.js';
import type { TriggerFacts } from './trigger.js';

const DAY = 86_400_000;
const policy = { scheduleMs: 7 * DAY, degradationRatio: 1.1, degradationOutcomes: 500, exampleThreshold: 1_000, pauseMs: 60_000 };
const calm: TriggerFacts = {
  nowMs: 10 * DAY,
  lastTrainingMs: 9 * DAY,
  baseline: { outcomes: 1_000, failures: 100 },
  current: { outcomes: 1_000, failures: 105 },
  waitingExamples: 10,
  newExamples: 10,
  highPriorityFix: false,
};

describe('shouldTrain', () => {
  it.each([
    ['nothing has changed', {}, undefined],
    ['more than seven days have passed', { lastTrainingMs: 2 * DAY }, 'scheduled'],
    ['the failure rate is above 1.1 times the baseline', { current: { outcomes: 1_000, failures: 111 } }, 'performance_degradation'],
    ['the rate is higher but rests on too few outcomes', { current: { outcomes: 499, failures: 200 } }, undefined],
    ['exactly a thousand examples wait', { waitingExamples: 1_000, newExamples: 1_000 }, undefined],
    ['more than a thousand new examples wait', { waitingExamples: 1_001, newExamples: 1_001 }, 'data_threshold'],
    ['a thousand old and few new examples wait', { waitingExamples: 1_500, newExamples: 20 }, undefined],
    ['a high-priority fix is ready', { highPriorityFix: true }, 'high_priority_fix'],
    ['a fix is ready but nothing new came since the last cycle', { highPriorityFix: true, newExamples: 0 }, undefined],
    ['a cycle has only just begun', { highPriorityFix: true, lastTrainingMs: 10 * DAY - 1_000 }, undefined],
  ] as const)('when %s', (_when, change, trigger) => {
    expect(shouldTrain({ ...calm, ...change }, policy)?.trigger).toBe(trigger);
  });

  it('says why', () => {
    expect(shouldTrain({ ...calm, current: { outcomes: 1_000, failures: 200 } }, policy)?.reason).toBe('failure rate 20.0 % against 10.0 % at first');
  });
});
