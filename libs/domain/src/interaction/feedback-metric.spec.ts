import { describe, expect, it } from '@jest/globals';
import { type FeedbackMetric, feedbackMetricsSchema, isKnownFeedbackName, judgeMetric } from './feedback-metric.js';

const metric = (declared: object): FeedbackMetric => feedbackMetricsSchema.parse({ m: declared })['m'] as FeedbackMetric;

describe('judgeMetric', () => {
  const stars = metric({ type: 'number', better: 'up', poorFrom: 2, goodFrom: 4 });
  const seconds = metric({ type: 'number', better: 'down', poorFrom: 60, goodFrom: 10 });
  const solved = metric({ type: 'boolean', better: 'up' });
  const escalated = metric({ type: 'boolean', better: 'down' });

  it.each([
    ['at the poor end', stars, 2, 'poor'],
    ['between', stars, 3, undefined],
    ['at the good end', stars, 4, 'good'],
    ['above the poor end, where down is better', seconds, 61, 'poor'],
    ['below the good end, where down is better', seconds, 9.5, 'good'],
    ['between, where down is better', seconds, 30, undefined],
    ['true, where up is better', solved, true, 'good'],
    ['false, where up is better', solved, false, 'poor'],
    ['true, where down is better', escalated, true, 'poor'],
    ['a number for a boolean', solved, 1, undefined],
    ['words for a number', stars, '1', undefined],
    ['nothing', stars, undefined, undefined],
  ] as const)('%s', (_what, declared, value, expected) => {
    expect(judgeMetric(declared, value)).toBe(expected);
  });
});

describe('feedbackMetricsSchema', () => {
  it.each([
    ['a number without a threshold', { m: { type: 'number', better: 'up' } }],
    ['thresholds the wrong way round', { m: { type: 'number', better: 'down', poorFrom: 1, goodFrom: 5 } }],
    ['a boolean with a threshold', { m: { type: 'boolean', better: 'up', poorFrom: 1 } }],
    ['a name that means something already', { thumbs: { type: 'boolean', better: 'up' } }],
    ['no direction', { m: { type: 'boolean' } }],
  ])('refuses %s', (_what, declared) => {
    expect(feedbackMetricsSchema.safeParse(declared).success).toBe(false);
  });

  it('knows the built-in names and the declared ones, and none that only objects have', () => {
    const metrics = feedbackMetricsSchema.parse({ solved: { type: 'boolean', better: 'up' } });
    expect(['thumbs', 'unsafe', 'solved', 'resolved', 'toString'].map((name) => isKnownFeedbackName(metrics, name))).toEqual([true, true, true, false, false]);
  });
});
