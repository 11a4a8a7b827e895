import { detectConversations, groupByConversation, LogLineError, readLogLine, type SignalsConfigInput, signalsConfigSchema } from '@ratchet/signals';
import type { Command } from 'commander';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, parseJson, parseJsonLines, readInput } from '../json-input.js';

interface DetectOptions {
  config?: string;
  terms?: boolean;
}

const readConfig = async (path: string | undefined, io: CommandIo): Promise<SignalsConfigInput> => {
  if (path === undefined) return {};
  const parsed = signalsConfigSchema.safeParse(parseJson(await readInput(path, io), nameOfInput(path)));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${nameOfInput(path)}: ${parsed.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`).join('; ')}`);
};

/** `ratchet detect`: one line per interaction, in the order of the input. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .argument('<file>', 'conversations as JSON lines: {id, turns: [{role, text, at?}]}, or interaction events as CloudEvents; - is standard input')
    .option('--config <path>', 'JSON with the thresholds that differ from the defaults')
    .option('--terms', 'also list what each probability is the sum of')
    .action(async (file: string, { config, terms }: DetectOptions) => {
      const settings = await readConfig(config, io);
      const source = nameOfInput(file);
      const events = parseJsonLines(await readInput(file, io), source).flatMap(({ line, value }) => {
        try {
          return readLogLine(value, line);
        } catch (error) {
          if (error instanceof LogLineError) throw new UsageError(`${source}, line ${line}: ${error.message}`, { cause: error });
          throw error;
        }
      });
      for (const { terms: addends, ...detection } of detectConversations(groupByConversation(events), { config: settings })) {
        io.stdout.write(`${JSON.stringify(terms === true ? { ...detection, terms: addends } : detection)}\n`);
      }
    });
};
