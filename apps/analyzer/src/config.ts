import { providerModel, type ProviderModel, providersVariable } from '@ratchet/providers';
import { cronPatternSchema, cronPatternsVariable, databaseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { diagnosisJudgeSchema } from './diagnosis/judge/judge-config.js';
import { loadCatalogue } from './strategies/load-catalogue.js';
import { strategyVariables } from './strategies/strategy-variables.js';
import type { Strategy } from '@ratchet/domain';

const count = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);

export const configSchema = databaseConfigSchema
  .extend({
    MAX_FAILURES: count(100, 20_000).describe('Failures kept per target, the newest first'),
    FAILURE_WINDOW_DAYS: count(1, 30).describe('Failures older than this are forgotten'),
    ANALYSIS_CRON: cronPatternSchema.default('0 3 * * *').describe('Crontab pattern (UTC) of the analysis of every target; what was missed while nothing ran is made up for once'),
    ANALYSIS_CRON_WORKLOADS: cronPatternsVariable.prefault('{}').describe('Workloads with a pattern of their own in place of ANALYSIS_CRON: JSON object from workload to crontab pattern'),
    ANALYSIS_EVERY_MS: z.coerce.number().int().min(1_000).optional().describe('Also look at this interval whether a target has MIN_NEW_FAILURES'),
    MIN_NEW_FAILURES: count(1, 20).describe('New failures since the last analysis that make another one worth while'),
    MIN_CLUSTER_SIZE: count(2, 5).describe('Smaller clusters are no opportunity'),
    CLUSTER_K_MAX: count(2, 10).describe('Most clusters that the search for k may find; the number is chosen from the data'),
    CLUSTER_SEED: count(0, 7).describe('Seed of the clustering, so that equal failures give equal clusters'),
    CLUSTER_TIMEOUT_MS: count(1_000, 600_000).describe('A clustering that runs longer is stopped and tried again'),
    COME_BACK_WEEKS: count(0, 8).describe('An opportunity that was closed no longer ago is known again, under its id, when its failures come back'),
    FADE_AFTER_ANALYSES: count(1, 3).describe('An opportunity that this many analyses in a row do not find is closed'),
    PROVIDERS: providersVariable.prefault('').describe('Model providers as JSON; needed with EMBEDDINGS_PROVIDER or TEACHER_PROVIDER'),
    EMBEDDINGS_PROVIDER: z.string().min(1).optional().describe('Name of the provider in PROVIDERS that embeds failures; local hashed n-grams without'),
    EMBEDDINGS_MODEL: z.string().min(1).optional().describe("The embedding model's id at EMBEDDINGS_PROVIDER"),
    ...strategyVariables,
  })
  .extend({
    RERANK_EVERY_MS: count(1_000, 30_000).describe('How often it looks whether late evidence or an outcome changes priorities between analyses'),
    DIAGNOSIS_MIN_CONFIDENCE: z.coerce.number().min(0).max(1).default(0.4).describe('Confidence in a root cause below which an opportunity waits for a person: it is ranked, and not acted upon'),
    DIAGNOSIS_JUDGE: jsonVariable(diagnosisJudgeSchema, { example: '{"provider": "openai", "model": "gpt-4.1-mini", "price": {"inputUsdPerMillionTokens": 0.4, "outputUsdPerMillionTokens": 1.6}}' }).optional().describe('A model that judges root causes, as JSON: provider, model, price, and optionally costPerAnalysisUsdMax, costPerMonthUsdMax, clustersMax, concurrency, answerTimeoutMs; without it only rules judge'),
  })
  .refine(({ EMBEDDINGS_PROVIDER, EMBEDDINGS_MODEL }) => (EMBEDDINGS_PROVIDER === undefined) === (EMBEDDINGS_MODEL === undefined), {
    path: ['EMBEDDINGS_MODEL'],
    message: 'set EMBEDDINGS_PROVIDER and EMBEDDINGS_MODEL together, or neither',
  })
  .refine(({ TEACHER_PROVIDER, TEACHER_MODEL }) => (TEACHER_PROVIDER === undefined) === (TEACHER_MODEL === undefined), {
    path: ['TEACHER_MODEL'],
    message: 'set TEACHER_PROVIDER and TEACHER_MODEL together, or neither',
  });

export type Config = z.infer<typeof configSchema> & {
  readonly embeddings: ProviderModel | undefined;
  readonly teacher: ProviderModel | undefined;
  readonly judge: ProviderModel | undefined;
  readonly strategies: readonly Strategy[];
};

export const loadConfig = (env: NodeJS.ProcessEnv): Config => {
  const config = loadEnv(configSchema, env);
  const { PROVIDERS, EMBEDDINGS_PROVIDER: name, EMBEDDINGS_MODEL: model, DIAGNOSIS_JUDGE } = config;
  return {
    ...config,
    embeddings: providerModel(PROVIDERS, { variable: 'EMBEDDINGS_PROVIDER', name, model }),
    teacher: providerModel(PROVIDERS, { variable: 'TEACHER_PROVIDER', name: config.TEACHER_PROVIDER, model: config.TEACHER_MODEL }),
    judge: providerModel(PROVIDERS, { variable: 'DIAGNOSIS_JUDGE', name: DIAGNOSIS_JUDGE?.provider, model: DIAGNOSIS_JUDGE?.model }),
    strategies: loadCatalogue(config.STRATEGIES_FILE),
  };
};
