import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { baseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { failureWeights, readCueLanguage, readFailureWeights, signalsConfigSchema } from '@ratchet/signals';
import type { CueLanguage, FailureWeights } from '@ratchet/signals';
import { z } from 'zod';
import { embeddingProblem, embeddingsConfigSchema, withThresholdsOf } from './embeddings/embeddings-config.js';

const detection = jsonVariable(signalsConfigSchema, { example: '{"failureThreshold": 0.3}' });

/** What a file or folder holds, or why it cannot be used: in its own words, since these name places in the file and no value of the environment. */
const readFrom = <T>(read: (path: string) => T) =>
  z.string().min(1).transform((path, context): T => {
    try {
      return read(path);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

const weightsFile = readFrom((path): FailureWeights => readFailureWeights(readFileSync(path, 'utf8'), path));
const cueFolder = readFrom((path): readonly CueLanguage[] =>
  (statSync(path).isDirectory() ? readdirSync(path).filter((file) => file.endsWith('.json')).sort().map((file) => join(path, file)) : [path]).map((file) => readCueLanguage(readFileSync(file, 'utf8'), file)),
);

export const configSchema = baseConfigSchema.extend({
  DETECTION: detection.default(() => signalsConfigSchema.parse({})).describe('Thresholds and times of the detectors, per workload, as JSON'),
  EMBEDDINGS: embeddingsConfigSchema
    .optional()
    .describe('Sentence embeddings that queries are compared by, of any OpenAI-compatible server: JSON {"baseUrl","model","apiKey?","name?","timeoutMs?","textsMax?"}; without it, words and hashed n-grams decide'),
  FAILURE_WEIGHTS_FILE: weightsFile.optional().transform((weights) => weights ?? failureWeights).describe('A file of weights, as `ratchet signals fit` writes it; without one, the weights that ship'),
  CUE_FILES: cueFolder.optional().transform((languages) => languages ?? []).describe('A file of cues, or a folder of them, in further languages; English always is there'),
  FETCH_WAIT_MS: z.coerce.number().int().positive().default(150).describe('A fetch returns after this time, or with FETCH_BYTES_MIN'),
  FETCH_BYTES_MIN: z.coerce.number().int().positive().default(65_536),
  BATCH_BYTES_MAX: z.coerce.number().int().positive().default(1_048_576).describe('Keys and values of one transaction of the detector, and the most that a fetch brings of a partition'),
});
export type Config = z.infer<typeof configSchema>;

const consistentSchema = configSchema
  .superRefine(({ DETECTION, EMBEDDINGS }, context) => {
    const problem = embeddingProblem(DETECTION, EMBEDDINGS);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['DETECTION'], message: problem });
  })
  .transform((config): Config => ({ ...config, DETECTION: withThresholdsOf(config.DETECTION, config.EMBEDDINGS) }));

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(consistentSchema, env);
