import { type Feedback, judgeMetric, metricOf } from '@ratchet/domain';
import type { SignalsConfig } from '../config.js';
import { type Detected, rounded, signal } from './detector.js';

const STARS_MAX = 5;

/** Stars from 1 to 5, one or by category; the lowest category decides, for one bad side makes a bad reply. */
export const ratingSignal = ({ feedbackId, name, value, ratings, comment, reasons, source }: Feedback, config: SignalsConfig): Detected | undefined => {
  const stars = [...Object.values(ratings ?? {}), ...(name === 'rating' && typeof value === 'number' ? [value] : [])].filter((given) => given !== undefined);
  if (stars.length === 0) return undefined;
  const lowest = Math.min(...stars);
  const low = lowest <= config.lowRating;
  if (!low && lowest < config.highRating) return undefined;
  const strength = low ? 1 - 0.3 * Math.max(0, lowest - 1) : 0.7 + 0.3 * Math.max(0, lowest - config.highRating) / Math.max(1, STARS_MAX - config.highRating);
  return {
    ...signal(low ? 'low_rating' : 'high_rating', strength, { feedbackId, source: source.type, lowest: rounded(lowest), ...starsByCategory(ratings) }),
    ...(comment !== undefined && { comment }),
    ...(reasons !== undefined && reasons.length > 0 && { reasons }),
  };
};

const starsByCategory = (ratings: Feedback['ratings']): Record<string, number> =>
  Object.fromEntries(Object.entries(ratings ?? {}).filter((entry): entry is [string, number] => entry[1] !== undefined));

/** A metric that the product declared, by the direction and the thresholds of its declaration. */
export const metricSignal = ({ feedbackId, name, value, comment, reasons, source }: Feedback, { feedbackMetrics }: SignalsConfig): Detected | undefined => {
  const metric = metricOf(feedbackMetrics, name);
  const judged = metric === undefined ? undefined : judgeMetric(metric, value);
  if (metric === undefined || judged === undefined || typeof value === 'string' || value === undefined) return undefined;
  return {
    ...signal(judged === 'poor' ? 'low_rating' : 'high_rating', metric.strength, { feedbackId, source: source.type, metric: name, value, better: metric.better }),
    ...(comment !== undefined && { comment }),
    ...(reasons !== undefined && reasons.length > 0 && { reasons }),
  };
};
