import { providerModel, type ProviderModel, providersVariable } from '@ratchet/providers';
import { phoneCountrySchema, redactionKindSchema, type RedactionRules } from '@ratchet/redaction';
import { cronPatternSchema, cronPatternsVariable, databaseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { reviewRulesSchema } from './review/review-rules.js';

const count = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);
const words = z.string().transform((text) => text.split(',').map((word) => word.trim()).filter((word) => word !== '' && word !== 'none'));
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

export const configSchema = databaseConfigSchema
  .extend({
    MAX_FAILURES: count(100, 20_000).describe('Failures kept per target, the newest first'),
    FAILURE_WINDOW_DAYS: count(1, 30).describe('Failures and corrections older than this are forgotten'),
    GENERATE_DELAY_MS: count(0, 30_000).describe('Waiting time after a ranked opportunity, so that one run covers a whole analysis'),
    GENERATE_CRON: cronPatternSchema.default('0 4 * * 1').describe('Crontab pattern (UTC) of the run over every target'),
    GENERATE_CRON_WORKLOADS: cronPatternsVariable.prefault('{}').describe('Crontab patterns (UTC) of workloads that have their own, as JSON: {"support": "0 4 * * *"}'),
    REVIEW_MODE: z.enum(['agreement', 'accept_all', 'manual']).default('agreement').describe('agreement: users who agree accept; accept_all: what any single user writes trains the model, unreviewed, so only where all who write are trusted; manual: only reviewers'),
    REVIEW_AGREEING_USERS: count(1, 3).describe('Different users who must have submitted an answer'),
    REVIEW_MIN_AGREEMENT: share(0.6).describe('Share of the corrections of similar requests that must name an answer'),
    REVIEW_SIMILARITY: share(0.4).describe('Hashed cosine from which two requests are similar'),
    REVIEW_RULES: jsonVariable(reviewRulesSchema, { example: '{"waitingPerTargetMax": 500}' }).prefault('{}').describe('When a candidate needs no person, and the limits of the review queue, as JSON'),
    REVIEW_CLAIM_MINUTES: count(1, 30).describe('A reviewer\'s claim on an item runs out after so long'),
    REVIEW_UNDO_SECONDS: z.coerce.number().int().min(0).max(3_600).default(30).describe('For so long no run takes up what a reviewer approved, so that the reviewer can take it back; 0 starts a run at once'),
    SPREAD_CORRECTIONS: z.enum(['true', 'false']).default('true').transform((value) => value === 'true').describe('Give similar requests without a correction the answer that their neighbours agree on'),
    NEIGHBOUR_MIN_SIMILARITY: share(0.4).describe('Hashed cosine that all three nearest corrected requests must reach for that'),
    TRAFFIC_SAMPLE_SHARE: share(0.1).describe('Share of the conversations whose requests are kept as wordings for requests that were corrected, where their users were content; 0 keeps none'),
    TRAFFIC_MAX: count(1, 5_000).describe('Requests kept for that per target, the newest first'),
    INPUT_CHARS_MAX: count(20, 2_000).describe('Longer requests make no example'),
    OUTPUT_CHARS_MAX: count(20, 4_000).describe('Longer answers make no example'),
    AUGMENT_TO: z.coerce.number().int().min(0).max(10_000).default(0).describe('Examples of one opportunity that the teacher augments up to, where its strategy does not say; 0 for none'),
    CURRICULUM: z.enum(['true', 'false']).default('false').transform((value) => value === 'true').describe('Have the teacher write easy, medium and hard examples for each weakness, and an evaluation set, where its strategy does not say'),
    REDACT: words.pipe(z.array(redactionKindSchema)).prefault('email,phone,card,iban').describe('Replaced by its kind in brackets before a text is stored or sent to a teacher: email, phone, card, iban, ip, url; none for nothing'),
    REDACT_KEEP: words.prefault('').describe("Addresses and numbers of the product's own that stay, so that answers may name them, with commas between; @example.org for all addresses there"),
    REDACT_PHONE_COUNTRY: phoneCountrySchema.optional().describe('Country whose phone numbers are known without a prefix, such as DE'),
    HIGH_PRIORITY: z.coerce.number().min(0).default(10).describe('Priority from which an opportunity marks its dataset as urgent'),
    FIX_MIN_TESTS: count(1, 20).describe('Requests that must be there to judge a fix that is no training; with fewer than the gates ask for (minTargetItems), its candidate waits for a person'),
    PROMPTLESS_PROVIDERS: z.string().default('embedded').transform((names) => names.split(',').map((name) => name.trim()).filter((name) => name !== '')).describe('Providers whose models read no system message, separated by commas: prompts and knowledge would change nothing there, so training examples are made in their place'),
    PROVIDERS: providersVariable.prefault('').describe('Model providers as JSON; needed with TEACHER_PROVIDER'),
    TEACHER_PROVIDER: z.string().min(1).optional().describe('Name of the provider in PROVIDERS that teaches; without one, truth comes from people'),
    TEACHER_MODEL: z.string().min(1).optional().describe("The teacher's model id at TEACHER_PROVIDER"),
    TEACHER_VARIATIONS: z.coerce.number().int().min(0).max(20).default(3).describe('Variations of each request that the teacher writes'),
    TEACHER_MIN_CONFIDENCE: share(0.7).describe("A correction of the teacher's below it waits for a reviewer"),
    TEACHER_MAX_CALLS: count(1, 200).describe('Calls to the teacher in one run'),
    TEACHER_CONCURRENCY: count(1, 4).describe('Questions to the teacher under way at once'),
    TEACHER_RETRY_MS: count(1_000, 900_000).describe('Time after which a run is repeated whose teacher was away'),
    TEACHER_PRICE_INPUT: z.coerce.number().min(0).optional().describe('US dollars for a million input tokens of the teacher; needed with a budget'),
    TEACHER_PRICE_OUTPUT: z.coerce.number().min(0).optional().describe('US dollars for a million output tokens of the teacher; needed with a budget'),
    BUDGET_RUN_USD: z.coerce.number().min(0).optional().describe("What the teacher may cost in one run of a target; calls that may go over it are not made. Without it TEACHER_MAX_CALLS alone limits a run"),
    BUDGET_MONTH_USD: z.coerce.number().min(0).optional().describe('What the teacher may cost in a calendar month (UTC), over all runs and targets'),
  })
  .refine(({ TEACHER_PROVIDER, TEACHER_MODEL }) => (TEACHER_PROVIDER === undefined) === (TEACHER_MODEL === undefined), {
    path: ['TEACHER_MODEL'],
    message: 'set TEACHER_PROVIDER and TEACHER_MODEL together, or neither',
  })
  .refine(
    ({ TEACHER_PROVIDER, BUDGET_RUN_USD, BUDGET_MONTH_USD, TEACHER_PRICE_INPUT, TEACHER_PRICE_OUTPUT }) =>
      TEACHER_PROVIDER === undefined || (BUDGET_RUN_USD === undefined && BUDGET_MONTH_USD === undefined) || (TEACHER_PRICE_INPUT !== undefined && TEACHER_PRICE_OUTPUT !== undefined),
    { path: ['TEACHER_PRICE_INPUT'], message: "set TEACHER_PRICE_INPUT and TEACHER_PRICE_OUTPUT with a budget: without the teacher's price nobody knows what is spent" },
  );

export type Config = z.infer<typeof configSchema> & { readonly teacher: ProviderModel | undefined; readonly redaction: RedactionRules };

export const loadConfig = (env: NodeJS.ProcessEnv): Config => {
  const config = loadEnv(configSchema, env);
  const { PROVIDERS, TEACHER_PROVIDER: name, TEACHER_MODEL: model } = config;
  const redaction = { redact: config.REDACT, patterns: [], keep: config.REDACT_KEEP, phoneCountry: config.REDACT_PHONE_COUNTRY };
  return { ...config, redaction, teacher: providerModel(PROVIDERS, { variable: 'TEACHER_PROVIDER', name, model }) };
};
