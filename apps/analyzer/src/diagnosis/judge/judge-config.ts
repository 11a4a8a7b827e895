import { z } from 'zod';

/** The variable DIAGNOSIS_JUDGE. Prices are asked for, because the cap on cost is worth nothing without; a model of your own may cost 0. */
export const diagnosisJudgeSchema = z.strictObject({
  /** A name in PROVIDERS. */
  provider: z.string().min(1).max(200),
  model: z.string().min(1),
  price: z.strictObject({ inputUsdPerMillionTokens: z.number().nonnegative(), outputUsdPerMillionTokens: z.number().nonnegative() }),
  /** Looked at before each question, so that those under way may go beyond it. */
  costPerAnalysisUsdMax: z.number().nonnegative().default(1),
  /** Of all targets together, in a month (UTC); no limit without. */
  costPerMonthUsdMax: z.number().nonnegative().optional(),
  /** Clusters that one analysis asks about, the largest first. */
  clustersMax: z.number().int().min(1).max(500).default(50),
  concurrency: z.number().int().min(1).max(32).default(4),
  answerTimeoutMs: z.number().int().min(100).max(600_000).default(60_000),
});
export type DiagnosisJudgeConfig = z.infer<typeof diagnosisJudgeSchema>;
