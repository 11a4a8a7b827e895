import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import ora from 'ora';
import { EXIT, UsageError } from '../command-module.js';
import type { CommandIo } from '../command-module.js';
import { DataFileError } from '../demo/intent-data.js';
import { runDemo } from '../demo/run-demo.js';
import type { Screen } from '../demo/week.js';

interface DemoCliOptions {
  readonly weeks: string;
  readonly exit?: boolean;
  readonly report?: string;
  readonly data?: string;
  readonly dataDir?: string;
  readonly poison?: boolean;
  readonly rate: string;
  readonly seed: string;
  readonly sentences: boolean;
}

const SAY_EVERY_MS = 10_000;

/** A spinner on a terminal; elsewhere a line whenever the matter changes, and now and then. */
const screenOn = (io: CommandIo): Screen => {
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY === true, discardStdin: false });
  let said = '';
  let saidAt = 0;
  return {
    print: (text) => {
      const spinning = spinner.isSpinning;
      if (spinning) spinner.stop();
      io.stdout.write(`${text}\n`);
      if (spinning) spinner.start();
    },
    say: (text) => {
      if (process.stderr.isTTY) {
        if (text === '') spinner.stop();
        else if (spinner.isSpinning) spinner.text = text;
        else spinner.start(text);
        return;
      }
      const matter = text.split(/[:\d]/)[0] ?? '';
      if (text !== '' && (matter !== said || Date.now() - saidAt > SAY_EVERY_MS)) {
        io.stderr.write(`${text}\n`);
        said = matter;
        saidAt = Date.now();
      }
    },
  };
};

const positive = (text: string, option: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${option} takes a whole number of at least 1`);
  return value;
};

const stopOnInterrupt = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
};

/** `ratchet demo`: shows the loop turning, week by week. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .option('--weeks <n>', 'turns of the loop', '3')
    .option('--exit', 'end after the last week in place of staying up')
    .option('--report <file>', 'write the results as JSON')
    .option('--data <file>', 'another file of {text, intent, split, domain} lines')
    .option('--poison', 'many users submit one wrong correction: the candidate must be turned down')
    .option('--data-dir <folder>', 'where everything is kept between runs (default .ratchet/demo)')
    .option('--rate <n>', 'conversations a second that the simulated users begin', '220')
    .option('--seed <n>', 'seed of the simulated users', '11')
    .option('--no-sentences', 'a model of n-grams alone, which answers with less than half of the work')
    .action(async (options: DemoCliOptions) => {
      const root = fileURLToPath(new URL('../../../../', import.meta.url));
      if (options.data !== undefined && !existsSync(options.data)) throw new UsageError(`--data: there is no file ${options.data}`);
      const dataDir = resolve(options.dataDir ?? join(root, '.ratchet', 'demo'));
      mkdirSync(dataDir, { recursive: true });
      const stopped = stopOnInterrupt();
      const report = await runDemo({
        root,
        dataDir,
        weeks: positive(options.weeks, '--weeks'),
        exit: options.exit === true,
        ...(options.report !== undefined && { report: resolve(options.report) }),
        ...(options.data !== undefined && { data: resolve(options.data) }),
        poison: options.poison === true,
        conversationsPerSecond: positive(options.rate, '--rate'),
        seed: positive(options.seed, '--seed'),
        sentences: options.sentences,
        screen: screenOn(io),
        stopped,
      }).catch((error: unknown) => {
        throw error instanceof DataFileError ? new UsageError(error.message) : error;
      });
      if (stopped.aborted && !options.exit) return;
      io.exitCode = report.promoted > 0 && report.improved && report.domainsBelow98.length === 0 ? EXIT.done : EXIT.failed;
      if (report.domainsBelow98.length > 0) io.stdout.write(`below 98 % of before: ${report.domainsBelow98.join(', ')}\n`);
    });
};
