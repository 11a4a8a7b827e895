import {
  type GateConfigInput,
  gateConfigSchema,
  type GateOutcome,
  type GateReport,
  judgeCandidate,
  type ScoredItem,
  scoredItemSchema,
} from '@ratchet/gates';
import type { Command } from 'commander';
import type { ZodError } from 'zod';

import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { nameOfInput, parseJson, parseJsonLines, readInput } from '../json-input.js';

interface GateOptions {
  incumbent: string;
  candidate: string;
  config?: string;
}

const exitCodes: Record<GateOutcome, number> = {
  passed: EXIT.done,
  failed: EXIT.failed,
  insufficient: EXIT.insufficient,
};

const describeIssues = (error: ZodError): string =>
  error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ');

/**
 * Scored items, one a line.
 *
 * @throws {UsageError} with the line number of the first item that breaks a rule or repeats an earlier one
 */
export const parseScoredItems = (content: string, source: string): ScoredItem[] => {
  const lines = new Map<string, number>();
  return parseJsonLines(content, source).map(({ line, value }) => {
    const parsed = scoredItemSchema.safeParse(value);
    if (!parsed.success) throw new UsageError(`${source}, line ${line}: ${describeIssues(parsed.error)}`);
    const { suite, id } = parsed.data;
    const earlier = lines.get(`${suite}/${id}`);
    if (earlier !== undefined) {
      throw new UsageError(`${source}, line ${line}: item ${JSON.stringify(id)} of suite ${suite} is already on line ${earlier}`);
    }
    lines.set(`${suite}/${id}`, line);
    return parsed.data;
  });
};

const readConfig = async (path: string, io: CommandIo): Promise<GateConfigInput> => {
  const parsed = gateConfigSchema.safeParse(parseJson(await readInput(path, io), nameOfInput(path)));
  if (!parsed.success) throw new UsageError(`${nameOfInput(path)}: ${describeIssues(parsed.error)}`);
  return parsed.data;
};

const explain = ({ summary, gates }: GateReport): string =>
  [
    ...gates.map(({ name, required, verdict, message }) => `${name} ${verdict}${required ? '' : ' (not required)'}: ${message}`),
    summary,
  ].join('\n');

/** `ratchet gate`: the verdict as one line of JSON, and the same for people on standard error. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .requiredOption('--incumbent <path>', 'scored items of the version that serves, as JSON lines; - is standard input')
    .requiredOption('--candidate <path>', 'scored items of the version to judge')
    .option('--config <path>', 'JSON with the thresholds that differ from the defaults')
    .addHelpText('after', '\nExit code: 0 passed, 1 failed, 2 bad input, 3 not enough data to judge.')
    .action(async ({ incumbent, candidate, config }: GateOptions) => {
      if ([incumbent, candidate, config].filter((path) => path === '-').length > 1) {
        throw new UsageError('only one input can be standard input');
      }
      const report = judgeCandidate({
        config: config === undefined ? undefined : await readConfig(config, io),
        incumbent: parseScoredItems(await readInput(incumbent, io), nameOfInput(incumbent)),
        candidate: parseScoredItems(await readInput(candidate, io), nameOfInput(candidate)),
      });
      io.stdout.write(`${JSON.stringify(report)}\n`);
      io.stderr.write(`${explain(report)}\n`);
      io.exitCode = exitCodes[report.outcome];
    });
};
