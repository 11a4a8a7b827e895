import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';

export interface TestProcessOptions {
  /** The script and its arguments, for this Node. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A Node process that a test starts, watches and ends. */
export interface TestProcess {
  readonly pid: number;
  /** What it has written so far, standard output and standard error together. */
  output(): string;
  /** Waits until the output matches, and gives the match. */
  said(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal, SIGKILL unless another is named, and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** The exit code; null after a signal. */
  ended(): Promise<number | null>;
}

const OUTPUT_CHARACTERS_MAX = 1_000_000;

/** Jest's own options must not reach the process: it runs the built code, as production does. */
const cleanEnvironment = (): NodeJS.ProcessEnv => {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  delete env['JEST_WORKER_ID'];
  return env;
};

export const startTestProcess = ({ script, args = [], env = {}, cwd }: TestProcessOptions): TestProcess => {
  const child = spawn(process.execPath, [script, ...args], { env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }) });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let output = '';
  const take = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    said: (pattern, withinMs = 40_000) =>
      eventually(
        () => {
          const found = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(output);
          if (!found) throw new Error(`the process (exit code ${child.exitCode ?? 'none yet'}) has not said ${pattern}; it said:\n${output.slice(-4_000)}`);
          return found;
        },
        { withinMs, everyMs: 20 },
      ),
    signal: (signal) => void child.kill(signal),
    end: async (signal = 'SIGKILL') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
    ended: () => exited,
  };
};
