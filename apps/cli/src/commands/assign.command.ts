import { assign, type VersionWeights } from '@ratchet/sdk';
import type { Command } from 'commander';

import { type CommandIo, UsageError } from '../command-module.js';
import { parseJson } from '../json-input.js';

interface AssignOptions {
  model?: string;
  salt: string;
  key?: string;
  weights: string;
  candidate?: string;
}

const parseWeights = (json: string): VersionWeights => {
  const weights = parseJson(json, '--weights');
  if (typeof weights !== 'object' || weights === null || Array.isArray(weights)) {
    throw new UsageError('--weights must be an object of fractions by version, such as {"v1":0.9,"v2":0.1}');
  }
  return weights as VersionWeights;
};

/** `ratchet assign`: prints the version alone, so that a script can use it as it is. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .option('--model <name>', 'the model that clients ask for')
    .requiredOption('--salt <text>', 'the rollout id')
    .option('--key <text>', 'the user or conversation id; without it, the champion')
    .requiredOption('--weights <json>', 'fractions by version, adding up to 1')
    .option('--candidate <version>', 'the version that is being proved')
    .action(({ model, salt, key, weights, candidate }: AssignOptions) => {
      const subject = { salt, key, weights: parseWeights(weights), candidate };
      const { version } = assign(model === undefined ? subject : { ...subject, model });
      io.stdout.write(`${version}\n`);
    });
};
