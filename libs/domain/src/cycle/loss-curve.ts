import { z } from 'zod';
import { countSchema } from '../event/event-definition.js';

/** Points that a curve is told with at most. */
export const LOSS_POINTS_MAX = 500;

/** Losses of a training at one step, as its trainer counts steps; means over the steps since the point before. */
export const lossPointSchema = z.object({
  step: countSchema,
  /** Of what is learnt. */
  trainLoss: z.number(),
  /** Of the retained examples alone, where the trainer tells new and retained ones apart. */
  retentionLoss: z.number().optional(),
  /** What the trainer adds for leaving its base: the elastic penalty. */
  penalty: z.number().optional(),
  /** Of examples that are not learnt from. */
  validLoss: z.number().optional(),
});
export type LossPoint = z.infer<typeof lossPointSchema>;

const isPoint = (value: unknown): value is LossPoint => lossPointSchema.safeParse(value).success;

/** At most `max` points in the order of their steps, spread evenly; the first and the last stay. What is no point is left out, and of one step the last counts. */
export const thinnedLossCurve = (points: readonly unknown[], max = LOSS_POINTS_MAX): LossPoint[] => {
  const byStep = new Map(points.filter(isPoint).map((point) => [point.step, lossPointSchema.parse(point)]));
  const ordered = [...byStep.values()].sort((a, b) => a.step - b.step);
  if (ordered.length <= max) return ordered;
  return Array.from({ length: max }, (_, place) => ordered[Math.round((place * (ordered.length - 1)) / (max - 1))] as LossPoint);
};
