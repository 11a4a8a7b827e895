import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Comparison } from './chaos/comparison.js';
import type { TimedStep } from './timed-steps.js';

/** What every program of this folder hands to its run. */
export interface RunFolder {
  /** Of the repository. */
  readonly root: string;
  /** Removed at the end of a run that found nothing. */
  readonly dataDir: string;
  /** Progress, to standard error, with the seconds since the start. */
  readonly say: (text: string) => void;
}

interface Kept {
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
}

interface Program<Report> {
  readonly name: string;
  readonly kept: Kept;
  readonly run: (folder: RunFolder) => Promise<Report>;
  readonly print: (report: Report, out: (text: string) => void) => void;
  readonly isFailure: (report: Report) => boolean;
}

export const out = (text: string): void => void process.stdout.write(`${text}\n`);

export const outSteps = (steps: readonly TimedStep[]): void => {
  for (const { step, seconds } of steps) out(`${seconds.toFixed(1).padStart(7)} s  ${step}`);
};

export const outComparisons = (comparisons: readonly Comparison[]): void => {
  for (const { name, compared, differences } of comparisons) out(`${differences.length === 0 ? 'holds' : 'FAILS'}  ${name} (${compared})${differences.map((difference) => `\n       ${difference}`).join('')}`);
};

export const anyDiffer = (comparisons: readonly Comparison[]): boolean => comparisons.some(({ differences }) => differences.length > 0);

/** @throws {RangeError} */
export const wholeNumber = (text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${text} is not a whole number of at least 1`);
  return value;
};

/** Runs in a data folder of its own, prints and writes the report, and ends the process with 1 where something was found. */
export const runProgram = async <Report>({ name, kept, run, print, isFailure }: Program<Report>): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), `ratchet-${name}-`));
  const startedAt = Date.now();
  const report = await run({
    root: fileURLToPath(new URL('../../../', import.meta.url)),
    dataDir,
    say: (text) => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
    throw error;
  });
  print(report, out);
  if (kept.report) writeFileSync(resolve(kept.report), `${JSON.stringify(report, null, 2)}\n`);
  const failed = isFailure(report);
  if (failed || kept.keep) process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
  else rmSync(dataDir, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
};

/** Bad usage ends with 2 and says how it is used, everything else with 1 and where it happened. */
export const orExplain = async (usage: string, main: () => Promise<void>): Promise<void> => {
  try {
    await main();
  } catch (error) {
    const misused = error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${misused ? `${(error as Error).message}\n${usage}` : ((error as Error).stack ?? String(error))}\n`);
    process.exit(misused ? 2 : 1);
  }
};
