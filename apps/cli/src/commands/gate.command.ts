import {
  type GateConfigInput,
  gateConfigSchema,
  GateInputError,
  type GateOutcome,
  type GateReport,
  judgeCandidate,
  type JudgementRequest,
  type ScoredItem,
  scoredItemSchema,
} from '@ratchet/gates';
import type { Command } from 'commander';
import type { ZodError } from 'zod';

import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { junitReport } from '../gate-reports/junit-report.js';
import { markdownReport } from '../gate-reports/markdown-report.js';
import { nameOfInput, parseJson, parseJsonLines, readInput } from '../json-input.js';
import { writeOutput } from '../write-output.js';

interface GateOptions {
  incumbent: string;
  candidate: string;
  config?: string;
  junit?: string;
  markdown?: string;
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

const judge = (request: JudgementRequest): GateReport => {
  try {
    return judgeCandidate(request);
  } catch (error) {
    if (error instanceof GateInputError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
};

/** The report in the forms that build servers read. */
const writeReports = async (report: GateReport, { junit, markdown }: Pick<GateOptions, 'junit' | 'markdown'>): Promise<void> => {
  if (junit !== undefined) await writeOutput(junit, { what: 'the JUnit report', text: junitReport(report) });
  if (markdown !== undefined) await writeOutput(markdown, { what: 'the Markdown report', text: markdownReport(report) });
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
    .option('--junit <path>', 'also write the verdict as JUnit XML: a test case for each gate and category')
    .option('--markdown <path>', 'also write it as Markdown, for a comment on a pull request')
    .addHelpText('after', '\nExit code: 0 passed, 1 failed, 2 bad input, 3 not enough data to judge.')
    .action(async ({ incumbent, candidate, config, ...outputs }: GateOptions) => {
      if ([incumbent, candidate, config].filter((path) => path === '-').length > 1) {
        throw new UsageError('only one input can be standard input');
      }
      if (outputs.junit === '-' || outputs.markdown === '-') throw new UsageError('standard output holds the verdict as JSON; name a file for the other reports');
      const report = judge({
        config: config === undefined ? undefined : await readConfig(config, io),
        incumbent: parseScoredItems(await readInput(incumbent, io), nameOfInput(incumbent)),
        candidate: parseScoredItems(await readInput(candidate, io), nameOfInput(candidate)),
      });
      await writeReports(report, outputs);
      io.stdout.write(`${JSON.stringify(report)}\n`);
      io.stderr.write(`${explain(report)}\n`);
      io.exitCode = exitCodes[report.outcome];
    });
};
