// Runs one service as its child and ends it when the pipe to the parent closes, however the parent died (`kill -9`
// leaves a process no chance to clean up, but the system closes its pipes). It runs alone, from source under tests as
// from dist, so it imports nothing but Node's own modules and uses only syntax that Node strips.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

/** What the supervisor is told to run, as JSON in its first argument: visible to all, so nothing secret. */
export interface SupervisorOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Run as this user and group. */
  readonly identity?: { readonly uid: number; readonly gid: number };
  /** Both streams of the child are appended here. */
  readonly logFile: string;
  /** What asks the child to end in order. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** After this long it is killed. */
  readonly stopTimeoutMs: number;
}

/** One line of JSON on the supervisor's standard output. */
export type SupervisorMessage = { readonly pid: number } | { readonly error: string };

function supervise(order: SupervisorOrder): void {
  const log = openSync(order.logFile, 'a');
  const child = spawn(order.command, order.args, {
    cwd: order.cwd,
    stdio: ['ignore', log, log],
    ...order.identity,
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    child.kill(order.stopSignal);
    setTimeout(() => child.kill('SIGKILL'), order.stopTimeoutMs);
  };
  const say = (message: SupervisorMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

  child.on('spawn', () => say({ pid: child.pid ?? 0 }));
  child.on('error', (error) => {
    say({ error: error.message });
    if (child.pid === undefined) process.exitCode = 1;
    process.stdin.destroy();
  });
  child.on('exit', (code) => process.exit(code ?? 1));
  process.stdin.on('close', stop).on('error', stop).resume();
  // A dead parent reads nothing any more; that must not end us before the child has ended.
  process.stdout.on('error', () => undefined);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
}

supervise(JSON.parse(process.argv[2] ?? '') as SupervisorOrder);
