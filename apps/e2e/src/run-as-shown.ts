import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  readonly root: string;
  readonly brokers: readonly string[];
  readonly say: (text: string) => void;
}

/** `command rollback` of `command rollback --model ...`: a document may show it with other values. */
const verbOf = (args: readonly string[]): string => `npx ratchet ${args.slice(0, 2).filter((arg) => /^[a-z]+$/u.test(arg)).join(' ')}`;

/** Runs the command line as `page` tells its reader to; throws where it does not tell of this command. */
export const runAsShown = async ({ root, brokers, say }: CommandLine, page: string, args: readonly string[]): Promise<Ended> => {
  const verb = verbOf(args);
  if (!readFileSync(join(root, page), 'utf8').includes(verb)) throw new Error(`${page} does not show ${verb}, so that nobody who reads it would know of it`);
  say(`${page}: npx ratchet ${args.join(' ')}`);
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'apps/cli/bin/ratchet.mjs'), ...args, '--brokers', brokers.join(',')], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }));
  });
};
