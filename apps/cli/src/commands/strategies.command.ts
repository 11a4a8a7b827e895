import { mergeStrategies, readStrategies, shippedStrategies, StrategyFileError } from '@ratchet/strategies';
import type { Command } from 'commander';
import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, readInput } from '../json-input.js';

const ownStrategies = (text: string, file: string): ReturnType<typeof readStrategies> => {
  try {
    return readStrategies(text, nameOfInput(file));
  } catch (error) {
    if (error instanceof StrategyFileError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
};

/** `ratchet strategies`: the ways to fix that the analyzer chooses among, in its order of preference before any outcome. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .option('--file <path>', "the team's own strategies, as STRATEGIES_FILE names them: checked, and listed before the shipped ones")
    .option('--json', 'print them whole, one a line')
    .action(async ({ file, json }: { file?: string; json?: boolean }) => {
      const own = file === undefined ? [] : ownStrategies(await readInput(file, io), file);
      const strategies = mergeStrategies(own, shippedStrategies);
      const width = Math.max(...strategies.map(({ strategyId }) => strategyId.length));
      const lineOf = (strategy: (typeof strategies)[number]): string => (json ? JSON.stringify(strategy) : `${strategy.strategyId.padEnd(width)}  ${strategy.fixType.padEnd(17)}  ${strategy.summary}`);
      io.stdout.write(`${strategies.map(lineOf).join('\n')}\n`);
    });
};
