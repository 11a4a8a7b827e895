import { readFileSync } from 'node:fs';
import { gateConfigSchema } from '@ratchet/gates';
import type { GateConfig } from '@ratchet/gates';
import { parseProviders } from '@ratchet/providers';
import { databaseConfigSchema, loadEnv } from '@ratchet/service';
import { z } from 'zod';

const describeProblem = (error: unknown): string => {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll('\n', ' ');
  // What JSON.parse and the file system say may hold a piece of the value.
  return error instanceof Error && error.name === 'ProviderConfigError' ? error.message : 'is neither readable JSON nor a readable JSON file';
};

/** A setting that is text in the environment and something else in the program; a problem becomes a message of that variable. */
const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeProblem(error) });
      return z.NEVER;
    }
  });

/** Inline where it starts with a brace, else the path of a file. */
export const readGateConfig = (text: string): GateConfig => gateConfigSchema.parse(JSON.parse(text.trimStart().startsWith('{') ? text : readFileSync(text, 'utf8')));

const share = z.coerce.number().min(0).max(1);

export const configSchema = databaseConfigSchema.extend({
  PROVIDERS: parsedBy(parseProviders).describe('Model providers by name, as JSON; judged versions are run there'),
  SAMPLE_RATE: share.default(0.05).describe('Share of interactions whose quality is evaluated'),
  JUDGE_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16).describe('Suite items under way at once in a judgement'),
  JUDGE_OUTAGES_MAX: z.coerce.number().int().min(0).max(20).default(5).describe('Provider outages that a judgement waits out before it goes on with missing scores'),
  INPUT_WAIT_MS: z.coerce.number().int().min(0).default(600_000).describe("How long a judgement waits for the candidate's bundle and datasets"),
  MAX_ITEMS: z.coerce.number().int().min(10).max(100_000).default(20_000).describe('Target and general items of one judgement; safety items are never cut'),
  GATE_CONFIG: parsedBy(readGateConfig).prefault('{}').describe('Gate thresholds: a JSON object, or the path of a file with one'),
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

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(configSchema, env);
