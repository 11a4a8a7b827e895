import { z } from 'zod';
import type { Feedback } from './feedback.js';

/** Names of feedback with a meaning of their own; a declared metric has another. */
export const builtInFeedbackNames = ['thumbs', 'rating', 'correction', 'comment', 'unsafe'] as const;

/**
 * What a product says about a number or a yes/no of its own. `better` is the direction of good values. A boolean is good or poor by that alone; of
 * numbers, those at `poorFrom` or worse are poor, those at `goodFrom` or better are good, and those between say nothing.
 */
export const feedbackMetricSchema = z
  .object({
    type: z.enum(['boolean', 'number']),
    better: z.enum(['up', 'down']),
    poorFrom: z.number().optional(),
    goodFrom: z.number().optional(),
    /** Strength of its signals, 0 to 1: less than 1 for what hints only. */
    strength: z.number().min(0).max(1).default(1),
  })
  .superRefine(({ type, better, poorFrom, goodFrom }, context) => {
    const issue = (message: string): void => context.addIssue({ code: 'custom', message });
    if (type === 'boolean' && (poorFrom !== undefined || goodFrom !== undefined)) issue('a boolean has no poorFrom and no goodFrom');
    if (type === 'number' && poorFrom === undefined && goodFrom === undefined) issue('a number needs poorFrom, goodFrom or both');
    if (poorFrom !== undefined && goodFrom !== undefined && (better === 'up' ? poorFrom >= goodFrom : poorFrom <= goodFrom)) {
      issue(`with better "${better}", poorFrom must be ${better === 'up' ? 'below' : 'above'} goodFrom`);
    }
  });
export type FeedbackMetric = z.infer<typeof feedbackMetricSchema>;

/** A product's own metrics by name; gateway and detector read the same declaration. */
export const feedbackMetricsSchema = z
  .record(z.string().min(1).max(200), feedbackMetricSchema)
  .refine((metrics) => !builtInFeedbackNames.some((name) => Object.hasOwn(metrics, name)), `${builtInFeedbackNames.join(', ')} have a meaning of their own: call the metric something else`);
export type FeedbackMetrics = z.infer<typeof feedbackMetricsSchema>;

export const metricOf = (metrics: FeedbackMetrics, name: string): FeedbackMetric | undefined => (Object.hasOwn(metrics, name) ? metrics[name] : undefined);

export const isKnownFeedbackName = (metrics: FeedbackMetrics, name: string): boolean => (builtInFeedbackNames as readonly string[]).includes(name) || Object.hasOwn(metrics, name);

/** What a value says by its metric's declaration; undefined where it says nothing, or is of another type. */
export const judgeMetric = ({ type, better, poorFrom, goodFrom }: FeedbackMetric, value: Feedback['value']): 'poor' | 'good' | undefined => {
  if (type === 'boolean') return typeof value === 'boolean' ? (value === (better === 'up') ? 'good' : 'poor') : undefined;
  if (typeof value !== 'number') return undefined;
  const reaches = (from: number | undefined, towards: 'up' | 'down'): boolean => from !== undefined && (towards === 'up' ? value >= from : value <= from);
  if (reaches(poorFrom, better === 'up' ? 'down' : 'up')) return 'poor';
  return reaches(goodFrom, better) ? 'good' : undefined;
};
