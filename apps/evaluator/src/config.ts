import { gateConfigSchema } from '@ratchet/gates';
import { RatchetError } from '@ratchet/observability';
import { providersVariable } from '@ratchet/providers';
import { databaseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { qualityRulesSchema } from './quality/evaluators/format-rules.js';
import { judgeConfigSchema } from './quality/judges/judge-config.js';
import { evaluationJudgeSchema, scorersSchema, similaritySchema } from './scoring/scoring-config.js';
import { waitings } from './judging/awaits.js';

const floorsSchema = z.strictObject({ relevance: z.number().min(0).max(1).default(0.3), factuality: z.number().min(0).max(1).default(0.5), safety: z.number().min(0).max(1).default(0.5), format: z.number().min(0).max(1).default(0.5) });

const share = z.coerce.number().min(0).max(1);

export const configSchema = databaseConfigSchema.extend({
  PROVIDERS: providersVariable.describe('Model providers by name, as JSON; judged versions are run there'),
  SAMPLE_RATE: share.default(0.05).describe('Share of ordinary traffic whose quality is evaluated; rare and new strata get more, and 0 turns it off'),
  QUALITY_SAMPLES_PER_HOUR_MIN: z.coerce.number().min(0).max(10_000).default(20).describe('Evaluations an hour that each version and arm gets, traffic allowing; ten times as many in a candidate or control arm and in the first day of a version'),
  QUALITY_BOOST_PER_HOUR: z.coerce.number().min(0).default(2_000).describe('Evaluations an hour that an evaluator gets on a version while its scores are near an alert, traffic allowing; 0 turns closer looks off'),
  QUALITY_BUDGET_PER_HOUR: z.coerce.number().int().min(1).default(10_000).describe('Evaluated interactions an hour, of all targets; looked at every 10 s'),
  QUALITY_RULES: jsonVariable(qualityRulesSchema, { example: '{"support": {"maxChars": 2000}}', orFile: true }).prefault('{}').describe('Format of answers by workload (* for the others): jsonSchema, mustMatch, mustNotMatch, minChars, maxChars, languages; a JSON object, or the path of a file with one'),
  QUALITY_FLOORS: jsonVariable(floorsSchema, { example: '{"safety": 0.5}' }).prefault('{}').describe('Scores below which a single answer fails, by evaluator, as JSON: it is told to the analyzer as the signal quality_low'),
  QUALITY_JUDGE: jsonVariable(judgeConfigSchema, { example: '{"provider": "openai", "model": "gpt-4.1-mini", "price": {"inputUsdPerMillionTokens": 0.4, "outputUsdPerMillionTokens": 1.6}}' }).optional().describe('A model that judges, as JSON: provider, model, price, and optionally dimensions, costPerHourUsdMax, costPerDayUsdMax, concurrency, outputTokensMax; without it only rules judge'),
  QUALITY_DRIFT_DROP: z.coerce.number().min(0.01).max(0.5).default(0.05).describe('Drop of a mean score that an alert is to find, 0 to 1'),
  QUALITY_DRIFT_RUN_LENGTH: z.coerce.number().min(1_000).max(1e12).default(20_000_000).describe('Scores of one evaluator between two false alerts, about'),
  QUALITY_SETTLE_MINUTES: z.coerce.number().min(0).max(10_080).default(10).describe('After the first score of a version, or its promotion, until its scores count for alerts'),
  QUALITY_BASELINE_HOURS: z.coerce.number().min(0).max(720).default(24).describe('Hours, at least, in which the usual mean of a version is learnt'),
  QUALITY_BASELINE_SCORES: z.coerce.number().int().min(10).max(50_000).default(2_000).describe('Scores, at least, from which it is learnt'),
  JUDGE_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16).describe('Suite items under way at once in a judgement'),
  JUDGE_OUTAGES_MAX: z.coerce.number().int().min(0).max(20).default(5).describe('Provider outages that a judgement waits out before it goes on with missing scores'),
  ITEM_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(120_000).describe('Time for one answer of one version with all its attempts, and for scoring one item; what takes longer is missing'),
  SCORERS: jsonVariable(scorersSchema, { example: '{"support": {"kind": "judge"}}', orFile: true }).prefault('{}').describe('How answers are scored by workload (* for the others), where an item has an expected answer and names no scorer: kind is exact, normalised, regex, json_schema, similarity or judge; a JSON object, or the path of a file with one. Without it: normalised'),
  SIMILARITY: jsonVariable(similaritySchema, { example: '{"provider": "openai", "model": "text-embedding-3-small"}' }).optional().describe('Embeddings for the scorer similarity, as JSON: provider, model, and optionally threshold (0.8) and floor (0.6) of the cosine'),
  EVALUATION_JUDGE: jsonVariable(evaluationJudgeSchema, { example: '{"provider": "openai", "model": "gpt-4.1-mini", "price": {"inputUsdPerMillionTokens": 0.4, "outputUsdPerMillionTokens": 1.6}}' }).optional().describe('The model of the scorer judge, as JSON: provider, model, price, and optionally costPerJudgementUsdMax (5), callsPerJudgementMax (20000), costPerMonthUsdMax (100), agreementPairsMax (50), agreementPairsMin (30), agreementKappaMin (0.4); without it items that need a judge are missing'),
  ANSWER_CACHE_DAYS: z.coerce.number().int().min(0).max(3_650).default(30).describe('Days for which answers, scores and vectors are taken from an earlier judgement; 0 asks everything anew'),
  FRESH_ITEMS: z.coerce.number().int().min(0).max(100_000).default(1_000).describe('Target and general items that both versions are asked in every judgement whatever is cached: latencies are compared on these'),
  INPUT_WAIT_MS: z.coerce.number().int().min(0).default(600_000).describe("How long a judgement waits for the candidate's bundle and datasets"),
  MAX_ITEMS: z.coerce.number().int().min(10).max(100_000).default(20_000).describe('Target and general items of one judgement; safety items are never cut'),
  AA_CHECK_EVERY_MS: z.coerce.number().int().min(0).max(31_536_000_000).default(604_800_000).describe('How often each champion is judged against itself, to check the judge, besides once after each promotion; 0 turns both off'),
  AA_CHECK_ITEMS_MAX: z.coerce.number().int().min(100).max(20_000).default(1_000).describe('Items of such a check; each is asked twice'),
  LEAKAGE_TARGET_SHARE_MAX: share.default(0).describe('Share of target items that may be found among the training examples of a candidate; they are left out, and above it the candidate fails'),
  LEAKAGE_GENERAL_SHARE_MAX: share.default(0.01).describe('The same for general items'),
  GATE_INSUFFICIENT: z.enum(waitings).default('more_data').describe('What a verdict without enough evidence waits for: more_data ends the cycle and its examples wait for the next one, person keeps the candidate until somebody approves or rejects it'),
  GATE_INSUFFICIENT_WORKLOADS: jsonVariable(z.record(z.string().min(1).max(200), z.enum(waitings)), { example: '{"contracts": "person"}' }).prefault('{}').describe('The same by workload, as JSON'),
  GATE_CONFIG: jsonVariable(gateConfigSchema, { example: '{"minTargetGain": 0.05}', orFile: true }).prefault('{}').describe('Gate thresholds: a JSON object, or the path of a file with one'),
  QUALITY_WINDOW: z.coerce.number().int().min(1).max(10_000).default(200).describe('Evaluations whose mean an alert looks at'),
  QUALITY_SAMPLES_MIN: z.coerce.number().int().min(1).default(50).describe('Evaluations below which no alert is raised'),
  QUALITY_THRESHOLD: share.default(0.6).describe('Mean score below which an alert is raised'),
  QUALITY_SAFETY_THRESHOLD: share.default(0.99).describe('The same for safety'),
  QUALITY_HYSTERESIS: share.default(0.05).describe('How far above the threshold the mean must rise again; at most half the way to 1'),
  QUALITY_RETENTION_DAYS: z.coerce.number().int().min(1).default(30).describe('Days for which scores of sampled interactions and single answers of judgements are kept'),
  SUITE_RETENTION_DAYS: z.coerce.number().int().min(1).default(180).describe('Days after which test items of cycles without a promotion are forgotten; longer than any rollout'),
  ANSWER_MAX_CHARS: z.coerce.number().int().min(1).default(8_000).describe('Answers longer than this score low on format'),
});
export type Config = z.infer<typeof configSchema>;

/** Throws one error that names every bad variable. */
export const loadConfig = (env: NodeJS.ProcessEnv): Config => {
  const config = loadEnv(configSchema, env);
  for (const name of ['QUALITY_JUDGE', 'SIMILARITY', 'EVALUATION_JUDGE'] as const) {
    const setting = config[name];
    if (!setting || config.PROVIDERS.some((provider) => provider.name === setting.provider)) continue;
    throw new RatchetError({ code: 'bad_configuration', message: `The configuration is not usable:\n  ${name}: names a provider that PROVIDERS does not have` });
  }
  return config;
};
