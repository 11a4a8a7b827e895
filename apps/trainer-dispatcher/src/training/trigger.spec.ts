import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@ratchet/stats';
import { coolDownMs, degradationPValue, judgeTriggers } from './trigger.js';
import type { TriggerFacts, TriggerPolicy } from './trigger.js';

const DAY = 86_400_000;
const policy: TriggerPolicy = { scheduleMs: 7 * DAY, degradationRatio: 1.1, degradationOutcomes: 500, degradationPValue: 0.001, exampleThreshold: 1_000, pauseMs: 60_000, pauseMaxMs: DAY, off: [] };
const calm: TriggerFacts = {
  nowMs: 10 * DAY,
  lastTrainingMs: 9 * DAY,
  failedInRow: 0,
  held: false,
  baseline: { outcomes: 2_000, failures: 200 },
  current: { outcomes: 2_000, failures: 210 },
  waitingExamples: 10,
  newExamples: 10,
  highPriorityFix: false,
};
const triggerOf = (change: Partial<TriggerFacts>, over: Partial<TriggerPolicy> = {}): string | undefined => judgeTriggers({ ...calm, ...change }, { ...policy, ...over }).decision?.trigger;

describe('a cycle', () => {
  it.each([
    ['nothing has changed', {}, undefined],
    ['exactly seven days have passed', { lastTrainingMs: 3 * DAY }, undefined],
    ['more than seven days have passed', { lastTrainingMs: 3 * DAY - 1 }, 'scheduled'],
    ['the failure rate is surely above 1.1 times the baseline', { current: { outcomes: 2_000, failures: 320 } }, 'performance_degradation'],
    ['the failure rate is above 1.1 times the baseline, as chance alone would have it', { current: { outcomes: 2_000, failures: 240 } }, undefined],
    ['the rate is surely higher, but by less than the ratio', { baseline: { outcomes: 900_000, failures: 90_000 }, current: { outcomes: 900_000, failures: 97_000 } }, undefined],
    ['the rate is higher but rests on too few outcomes', { current: { outcomes: 499, failures: 400 } }, undefined],
    ['failures come where there was none', { baseline: { outcomes: 500, failures: 0 }, current: { outcomes: 500, failures: 30 } }, 'performance_degradation'],
    ['all fails, and did before', { baseline: { outcomes: 500, failures: 500 }, current: { outcomes: 500, failures: 500 } }, undefined],
    ['exactly a thousand examples wait', { waitingExamples: 1_000, newExamples: 1_000 }, undefined],
    ['more than a thousand new examples wait', { waitingExamples: 1_001, newExamples: 1_001 }, 'data_threshold'],
    ['a thousand old and few new examples wait', { waitingExamples: 1_500, newExamples: 20 }, undefined],
    ['a high-priority improvement is ready', { highPriorityFix: true }, 'high_priority_fix'],
    ['all four fire, in their order', { highPriorityFix: true, waitingExamples: 2_000, newExamples: 2_000, lastTrainingMs: 0 }, 'scheduled'],
    ['an improvement is ready but nothing new came since the last cycle', { highPriorityFix: true, newExamples: 0 }, undefined],
    ['a cycle has only just begun', { highPriorityFix: true, lastTrainingMs: 10 * DAY - 1_000 }, undefined],
    ['a long cycle has only just ended', { highPriorityFix: true, lastEndedMs: 10 * DAY - 59_000 }, undefined],
    ['the pause after a cycle is over', { highPriorityFix: true, lastEndedMs: 10 * DAY - 61_000 }, 'high_priority_fix'],
    ['three cycles in a row came to nothing, and the last one lately', { highPriorityFix: true, failedInRow: 3, lastEndedMs: 10 * DAY - 479_000 }, undefined],
    ['three cycles in a row came to nothing, and the last one a while ago', { highPriorityFix: true, failedInRow: 3, lastEndedMs: 10 * DAY - 481_000 }, 'high_priority_fix'],
    ['a person holds the target', { highPriorityFix: true, held: true }, undefined],
  ] as const)('when %s', (_when, change, trigger) => {
    expect(triggerOf(change)).toBe(trigger);
  });

  it('is never begun by a trigger that is off, and by the next one in its place', () => {
    expect(triggerOf({ lastTrainingMs: 0 }, { off: ['scheduled'] })).toBeUndefined();
    expect(triggerOf({ lastTrainingMs: 0, highPriorityFix: true }, { off: ['scheduled'] })).toBe('high_priority_fix');
  });

  it('says why it began, and what every trigger saw', () => {
    const { decision, shown } = judgeTriggers({ ...calm, current: { outcomes: 2_000, failures: 400 }, highPriorityFix: true }, policy);
    expect(decision?.reason).toMatch(/^failure rate 20\.0 % \(400 of 2000\) against 10\.0 % \(200 of 2000\) at first: above 1\.1 times, p = /u);
    expect(shown).toMatchObject({ fired: 'performance_degradation, high_priority_fix', daysSinceLastTraining: 1, scheduleDays: 7, baselineFailureRate: 0.1, currentFailureRate: 0.2, currentOutcomes: 2_000, exampleThreshold: 1_000, newExamples: 10 });
  });

  it('says what held it back', () => {
    const back = (change: Partial<TriggerFacts>): string | undefined => judgeTriggers({ ...calm, highPriorityFix: true, ...change }, policy).heldBackBy;
    expect(back({ held: true })).toContain('a person holds');
    expect(back({ failedInRow: 2, lastEndedMs: 10 * DAY })).toBe('the pause after the last training lasts 240 s more, as 2 in a row came to nothing');
    expect(judgeTriggers(calm, policy).heldBackBy).toBeUndefined();
  });
});

describe('the pause', () => {
  it('doubles with each cycle that came to nothing, up to its limit', () => {
    expect([0, 1, 2, 5, 11, 900].map((failed) => coolDownMs(failed, policy) / 60_000)).toEqual([1, 2, 4, 32, 1_440, 1_440]);
    expect(coolDownMs(9, { pauseMs: 5_000, pauseMaxMs: 1 })).toBe(5_000);
  });
});

describe('a rate that does not change', () => {
  // Looked at every hour for 90 days over the last 24 hours, 15 times, by a seed: the bare ratio would fire in nearly all of them.
  const fires = (isFiring: (facts: TriggerFacts) => boolean): number => {
    const random = seededRandom(11);
    const failuresOf = (n: number): number => Array.from({ length: n }, random).filter((drawn) => drawn < 0.1).length;
    return Array.from({ length: 15 }, () => {
      const baseline = { outcomes: 2_000, failures: failuresOf(2_000) };
      const hours = Array.from({ length: 90 * 24 }, () => failuresOf(25));
      const days = hours.slice(24).map((_, hour) => hours.slice(hour, hour + 24).reduce((sum, n) => sum + n, 0));
      return days.some((failures) => isFiring({ ...calm, baseline, current: { outcomes: 600, failures } }));
    }).filter(Boolean).length;
  };

  it('fires in few quarters, where the bare ratio fires in nearly every one', () => {
    expect(fires((facts) => degradationPValue(facts, policy.degradationRatio) < policy.degradationPValue)).toBeLessThanOrEqual(3);
    expect(fires(({ baseline, current }) => current.failures / current.outcomes > (1.1 * baseline.failures) / baseline.outcomes)).toBeGreaterThan(12);
  });
});
