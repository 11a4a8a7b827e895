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
  control?: string;
  controlShare?: number;
}

const parseShare = (text: string): number => {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new UsageError('--control-share must be a fraction from 0 to 1');
  return share;
};

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
    .option('--control <version>', 'the version of the control arm, where it is not the champion; the weights name it, too')
    .option('--control-share <fraction>', "the control arm's share, where it is not as large as the candidate's", parseShare)
    .action(({ model, salt, key, weights, candidate, control, controlShare }: AssignOptions) => {
      const subject = { salt, key, weights: parseWeights(weights), candidate, control, controlShare };
      const { version } = assign(model === undefined ? subject : { ...subject, model });
      io.stdout.write(`${version}\n`);
    });
};
