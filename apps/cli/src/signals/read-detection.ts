import {
  CueFileError, failureWeights, type FailureWeights, readCueLanguage, readFailureWeights, shippedLanguages, type SignalsConfigInput, signalsConfigSchema, useCueLanguages, WeightsFileError,
} from '@ratchet/signals';
import type { Command } from 'commander';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, parseJson, readInput } from '../json-input.js';

export interface DetectionOptions {
  readonly config?: string;
  readonly weights?: string;
  readonly cues?: readonly string[];
}

/** What detection works with, as the options of a command say. */
export interface Detection {
  readonly config: SignalsConfigInput;
  readonly weights: FailureWeights;
}

export const withDetectionOptions = (command: Command): Command =>
  command
    .option('--config <path>', 'JSON with the thresholds that differ from the defaults')
    .option('--weights <path>', 'weights of the failure probability, as `signals fit` writes them')
    .option('--cues <path>', 'a file of cues in a further language; as often as there are files', (path: string, before: readonly string[]) => [...before, path], []);

/**
 * Reads settings, weights and files of cues; the cues hold for the process.
 *
 * @throws {UsageError} that names the file and what is wrong in it
 */
export const readDetection = async ({ config, weights, cues = [] }: DetectionOptions, io: CommandIo): Promise<Detection> => {
  const languages = await Promise.all(cues.map(async (path) => refusing(CueFileError, readCueLanguage, { text: await readInput(path, io), source: nameOfInput(path) })));
  useCueLanguages([...shippedLanguages, ...languages]);
  return {
    config: await readConfig(config, io),
    weights: weights === undefined ? failureWeights : refusing(WeightsFileError, readFailureWeights, { text: await readInput(weights, io), source: nameOfInput(weights) }),
  };
};

const readConfig = async (path: string | undefined, io: CommandIo): Promise<SignalsConfigInput> => {
  if (path === undefined) return {};
  const parsed = signalsConfigSchema.safeParse(parseJson(await readInput(path, io), nameOfInput(path)));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${nameOfInput(path)}: ${parsed.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`).join('; ')}`);
};

const refusing = <T>(kind: abstract new (...args: never[]) => Error, read: (text: string, source: string) => T, { text, source }: { text: string; source: string }): T => {
  try {
    return read(text, source);
  } catch (error) {
    if (error instanceof kind) throw new UsageError(error.message, { cause: error });
    throw error;
  }
};
