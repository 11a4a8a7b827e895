import { z } from 'zod';

/** Weighted mean and spread of scores, one score at a time (West 1979). Plain JSON, so that it can be stored. */
export const momentsSchema = z.object({
  scores: z.number().int().nonnegative(),
  weight: z.number().nonnegative(),
  weightSquares: z.number().nonnegative(),
  mean: z.number(),
  squares: z.number().nonnegative(),
});
export type Moments = z.infer<typeof momentsSchema>;

export const NO_SCORES: Moments = { scores: 0, weight: 0, weightSquares: 0, mean: 0, squares: 0 };

export const addScore = (moments: Moments, value: number, weight: number): Moments => {
  const total = moments.weight + weight;
  const mean = moments.mean + (weight / total) * (value - moments.mean);
  return {
    scores: moments.scores + 1,
    weight: total,
    weightSquares: moments.weightSquares + weight * weight,
    mean,
    squares: moments.squares + weight * (value - moments.mean) * (value - mean),
  };
};

export const mergeMoments = (a: Moments, b: Moments): Moments => {
  if (a.weight === 0) return b;
  if (b.weight === 0) return a;
  const weight = a.weight + b.weight;
  const gap = b.mean - a.mean;
  return {
    scores: a.scores + b.scores,
    weight,
    weightSquares: a.weightSquares + b.weightSquares,
    mean: a.mean + (gap * b.weight) / weight,
    squares: a.squares + b.squares + (gap * gap * a.weight * b.weight) / weight,
  };
};

export const varianceOf = ({ squares, weight }: Moments): number => (weight === 0 ? 0 : squares / weight);

/** How many scores of equal weight would tell as much (Kish 1965). */
export const effectiveScores = ({ weight, weightSquares }: Moments): number => (weightSquares === 0 ? 0 : (weight * weight) / weightSquares);
