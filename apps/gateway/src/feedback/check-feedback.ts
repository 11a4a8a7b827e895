import { builtInFeedbackNames, isKnownFeedbackName, metricOf, thumbsUp, type Feedback, type FeedbackMetrics } from '@ratchet/domain';

export type NameAndValue = Pick<Feedback, 'name' | 'value' | 'ratings' | 'correction' | 'comment' | 'reasons'>;

export interface FeedbackProblem {
  readonly code: 'unknown_metric' | 'invalid_value';
  readonly param: 'name' | 'value';
  readonly message: string;
}

const unknown = (metrics: FeedbackMetrics, name: string): FeedbackProblem => ({
  code: 'unknown_metric',
  param: 'name',
  message: `Unknown metric: ${JSON.stringify(name.slice(0, 100))}; there is ${[...builtInFeedbackNames, ...Object.keys(metrics)].join(', ')}. FEEDBACK_METRICS declares more.`,
});

const invalid = (message: string): FeedbackProblem => ({ code: 'invalid_value', param: 'value', message });

/** Says why a value does not go with its name: what no detector would understand is refused where somebody can still read why. */
export const problemOfFeedback = (metrics: FeedbackMetrics, { name, value, ratings, correction, comment, reasons = [] }: NameAndValue): FeedbackProblem | undefined => {
  if (!isKnownFeedbackName(metrics, name)) return unknown(metrics, name);
  const metric = metricOf(metrics, name);
  if (metric !== undefined) return typeof value === metric.type ? undefined : invalid(`The metric ${JSON.stringify(name)} takes a ${metric.type}.`);
  const saysMore = reasons.length > 0 || comment !== undefined || correction !== undefined;
  switch (name) {
    case 'thumbs':
      return thumbsUp(value) === undefined ? invalid('A thumb is true or false, "up" or "down", 1 or -1.') : undefined;
    case 'rating':
      if (value === undefined) return ratings === undefined && !saysMore ? invalid('A rating has ratings, a value from 1 to 5, or reasons.') : undefined;
      return typeof value === 'number' && value >= 1 && value <= 5 ? undefined : invalid('A rating is a number from 1 to 5.');
    case 'correction':
      return correction === undefined && typeof value !== 'string' ? invalid('A correction has the right answer as correction.') : undefined;
    case 'comment':
      return saysMore || typeof value === 'string' ? undefined : invalid('A comment has a comment or reasons.');
    default:
      return undefined;
  }
};
