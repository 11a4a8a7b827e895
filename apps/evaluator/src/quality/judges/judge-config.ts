import { z } from 'zod';
import { evaluatorNames } from '../evaluators/quality-evaluator.js';

/** The variable QUALITY_JUDGE. Prices are asked for, because the caps on cost are worth nothing without; a model of your own may cost 0. */
export const judgeConfigSchema = z.strictObject({
  /** A name in PROVIDERS. */
  provider: z.string().min(1).max(200),
  model: z.string().min(1),
  dimensions: z.array(z.enum(evaluatorNames)).min(1).refine((names) => new Set(names).size === names.length, 'names one twice').default(['relevance', 'factuality', 'safety']),
  price: z.strictObject({ inputUsdPerMillionTokens: z.number().nonnegative(), outputUsdPerMillionTokens: z.number().nonnegative() }),
  costPerHourUsdMax: z.number().nonnegative().default(1),
  costPerDayUsdMax: z.number().nonnegative().default(10),
  concurrency: z.number().int().min(1).max(64).default(4),
  outputTokensMax: z.number().int().min(50).max(8_000).default(500),
});
export type JudgeConfig = z.infer<typeof judgeConfigSchema>;

