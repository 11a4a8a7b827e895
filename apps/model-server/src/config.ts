import { z } from 'zod';

const wholeNumber = (fallback: number, { min, max }: { min: number; max: number }) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

export const configSchema = z.object({
  HTTP_PORT: wholeNumber(8090, { min: 0, max: 65_535 }),
  HTTP_HOST: z.string().min(1).default('0.0.0.0'),
  MODEL_SERVER_DATA_DIR: z.string().min(1),
  MODEL_SERVER_MAX_BODY_BYTES: wholeNumber(1_048_576, { min: 1_024, max: 67_108_864 }),
  MODEL_SERVER_MAX_FILE_BYTES: wholeNumber(67_108_864, { min: 1_024, max: 536_870_912 }),
  MODEL_SERVER_MAX_MODELS_IN_MEMORY: wholeNumber(8, { min: 1, max: 1_000 }),
  MODEL_SERVER_MAX_CACHED_REPLIES: wholeNumber(20_000, { min: 0, max: 10_000_000 }),
  MODEL_SERVER_MAX_QUEUED_JOBS: wholeNumber(100, { min: 1, max: 10_000 }),
  MODEL_SERVER_ENCODER_DIR: z.string().min(1).optional().describe("Folder of the sentence encoder's files; without it, models are trained on n-grams alone, and those that read sentence vectors cannot be served"),
  MODEL_SERVER_MAX_CACHED_SENTENCES: wholeNumber(20_000, { min: 0, max: 10_000_000 }).describe('Texts whose sentence vectors are kept, 1.5 KB each'),
});

/** Settings of the model server; every limit has a name here. */
export interface ModelServerConfig {
  readonly port: number;
  readonly host: string;
  /** Holds `models/`, `files/` and `jobs/`. */
  readonly dataDir: string;
  readonly maxBodyBytes: number;
  readonly maxFileBytes: number;
  readonly maxModelsInMemory: number;
  readonly maxCachedReplies: number;
  readonly maxQueuedJobs: number;
  /** Null for n-grams alone. */
  readonly encoderDir: string | null;
  readonly maxCachedSentences: number;
}

/** Reads the environment; reports every bad variable at once, by name and rule, never its value. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): ModelServerConfig {
  const parsed = configSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The model server's configuration is not usable:\n${problems.join('\n')}`);
  }
  const { data } = parsed;
  return {
    port: data.HTTP_PORT,
    host: data.HTTP_HOST,
    dataDir: data.MODEL_SERVER_DATA_DIR,
    maxBodyBytes: data.MODEL_SERVER_MAX_BODY_BYTES,
    maxFileBytes: data.MODEL_SERVER_MAX_FILE_BYTES,
    maxModelsInMemory: data.MODEL_SERVER_MAX_MODELS_IN_MEMORY,
    maxCachedReplies: data.MODEL_SERVER_MAX_CACHED_REPLIES,
    maxQueuedJobs: data.MODEL_SERVER_MAX_QUEUED_JOBS,
    encoderDir: data.MODEL_SERVER_ENCODER_DIR ?? null,
    maxCachedSentences: data.MODEL_SERVER_MAX_CACHED_SENTENCES,
  };
}

/** Injection token of the configuration. */
export const CONFIG = Symbol('ModelServerConfig');
