import { databaseConfigSchema, loadEnv } from '@ratchet/service';
import { providersVariable } from '@ratchet/providers';
import { z } from 'zod';
import { trainersVariable } from './training/trainers-config.js';
import { ownTriggersVariable } from './training/trigger-policy.js';

const DAY_MS = 86_400_000;

const positive = z.coerce.number().positive();

export const configSchema = databaseConfigSchema.extend({
  PROVIDERS: providersVariable.describe('Model providers as JSON: name, baseUrl, apiKey, and trainer (embedded or openai), which says whose hyperparameters fine-tuning jobs are sent'),
  TRIGGER_EVERY_MS: positive.default(5_000).describe('How often the triggers are looked at by the clock'),
  TRIGGER_DEBOUNCE_MS: z.coerce.number().nonnegative().default(1_000).describe('How long after a dataset or vitals the triggers are looked at: what comes meanwhile is looked at with it'),
  TRIGGER_SCHEDULE_MS: positive.default(7 * DAY_MS).describe('scheduled: time since the last training'),
  TRIGGER_DEGRADATION_RATIO: z.coerce.number().min(1).default(1.1).describe('performance_degradation: current failure rate over the baseline'),
  TRIGGER_DEGRADATION_OUTCOMES: positive.default(500).describe('Outcomes that baseline and current rate each need'),
  TRIGGER_DEGRADATION_P_VALUE: z.coerce.number().positive().max(0.5).default(0.001).describe('Chance, at one look, that a rate at the ratio and no higher fires'),
  TRIGGER_DEGRADATION_BASELINE: positive.default(2_000).describe("The champion's first outcomes that are its baseline"),
  TRIGGER_DEGRADATION_WINDOW_MS: positive.default(DAY_MS),
  TRIGGER_EXAMPLES: positive.default(1_000).describe('data_threshold: new examples waiting'),
  TRIGGER_PAUSE_MS: z.coerce.number().nonnegative().default(60_000).describe('Least time between the end of a training and the next of its target; doubled with each that came to nothing'),
  TRIGGER_PAUSE_MAX_MS: z.coerce.number().nonnegative().default(DAY_MS).describe('What the pause grows to at most'),
  TRIGGER_WORKLOADS: ownTriggersVariable.prefault('{}').describe('Settings of workloads that have their own, as JSON by workload: scheduleMs, degradationRatio, degradationOutcomes, examples, pauseMs, pauseMaxMs, off (triggers that never fire)'),
  TRAINING_RECIPE: z.enum(['article', 'gentle', 'fast', 'full']).default('gentle'),
  TRAINING_CURRICULUM: z.enum(['true', 'false']).default('false').transform((value) => value === 'true'),
  TRAINING_SEED: z.coerce.number().int().nonnegative().default(7),
  TRAINING_POLL_MS: positive.default(500),
  TRAINING_TIMEOUT_MS: positive.default(6 * 3_600_000).describe('A run is ended after this time, also one that a restart has interrupted'),
  TRAINING_HOURS_PER_MONTH: z.coerce.number().nonnegative().optional().describe('Hours of training runs for each target and calendar month (UTC); no limit without it'),
  TRAINING_USD_PER_MONTH: z.coerce.number().nonnegative().optional().describe('US dollars of training runs for each target and calendar month (UTC), as far as trainers tell or prices are set; no limit without it'),
  TRAINERS: trainersVariable.prefault('{}').describe('Who trains, by name, as JSON or as the path of a file with it: programs of your own, Kubernetes Jobs, providers with settings of their own (docs/operating/trainers.md). Providers train themselves where none fits'),
});
export type Config = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(configSchema, env);
