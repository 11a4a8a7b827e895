import { scorerSchema } from '@ratchet/domain';
import { z } from 'zod';
import { problemOf } from './rule-scorers.js';

const usableScorer = scorerSchema.superRefine((choice, context) => {
  const problem = problemOf(choice);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** The variable SCORERS: by workload, and `*` for those that have none of their own. */
export const scorersSchema = z.record(z.string().min(1), usableScorer);

/** The variable SIMILARITY: whose embeddings compare an answer with the expected one. */
export const similaritySchema = z
  .strictObject({
    /** A name in PROVIDERS. */
    provider: z.string().min(1).max(200),
    model: z.string().min(1),
    threshold: z.number().gt(0).max(1).default(0.8),
    floor: z.number().min(0).max(1).default(0.6),
  })
  .refine(({ threshold, floor }) => floor <= threshold, 'floor must not be above threshold');

/** The variable EVALUATION_JUDGE. Prices are asked for, because budgets are worth nothing without; a model of your own may cost 0. */
export const evaluationJudgeSchema = z.strictObject({
  /** A name in PROVIDERS. */
  provider: z.string().min(1).max(200),
  model: z.string().min(1),
  price: z.strictObject({ inputUsdPerMillionTokens: z.number().nonnegative(), outputUsdPerMillionTokens: z.number().nonnegative() }),
  costPerJudgementUsdMax: z.number().nonnegative().default(5),
  callsPerJudgementMax: z.number().int().min(0).default(20_000),
  costPerMonthUsdMax: z.number().nonnegative().default(100),
  /** Labelled pairs that a judgement puts to it, to see whether it agrees with people; 0 asks none. */
  agreementPairsMax: z.number().int().min(0).max(1_000).default(50),
  /** Pairs below which nothing is said of its agreement. */
  agreementPairsMin: z.number().int().min(2).default(30),
  /** What the lower bound of Cohen's kappa must reach for the judge to count as agreeing with people. */
  agreementKappaMin: z.number().min(-1).max(1).default(0.4),
});
export type EvaluationJudgeConfig = z.infer<typeof evaluationJudgeSchema>;
