import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { LocalStackError } from './local-stack-error.js';
import type { Env } from './stack-environment.js';
import type { SupervisorMessage, SupervisorOrder } from './supervisor.js';

/** A service that runs under a supervisor, and ends with this process. */
export interface SupervisedProcess {
  readonly pid: number;
  readonly supervisorPid: number;
  /** Settles when the service has ended. */
  readonly ended: Promise<void>;
  /** Asks the service to end in order, kills it after the order's `stopTimeoutMs`, and waits until it is gone. */
  stop(): Promise<void>;
  /** From now on this process may exit without waiting for the service. */
  release(): void;
}

// The supervisor lies beside this file: `.ts` when run from source, `.js` when built.
const supervisorFile = fileURLToPath(new URL(`./supervisor${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts a service under a supervisor of its own.
 *
 * @param env the service gets only what {@link serviceEnvironment} keeps of it.
 * @throws {LocalStackError} `service_failed` when the command cannot be run.
 */
export async function startSupervised(input: { order: SupervisorOrder; env: Env }): Promise<SupervisedProcess> {
  const { order, env } = input;
  const supervisor = spawn(process.execPath, [supervisorFile, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: serviceEnvironment(env),
    // Its own process group: Ctrl-C in a terminal reaches the parent only, which stops things in order.
    detached: true,
  });
  // Writing to a supervisor that has just ended must not throw here.
  supervisor.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    supervisor.once('exit', () => resolve()).once('error', () => resolve());
  });
  const message = await firstMessage(supervisor);
  if (!('pid' in message)) {
    throw new LocalStackError({ code: 'service_failed', message: `Could not run ${order.command}: ${message.error}` });
  }
  const handles = [supervisor, supervisor.stdin as Socket, supervisor.stdout as Socket];
  return {
    pid: message.pid,
    supervisorPid: supervisor.pid ?? 0,
    ended,
    release: () => handles.forEach((handle) => handle.unref()),
    stop: async () => {
      handles.forEach((handle) => handle.ref());
      supervisor.stdin.end();
      await ended;
    },
  };
}

/** What a service may see of an environment: enough to run, and none of its secrets. */
export function serviceEnvironment(env: Env): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'LD_LIBRARY_PATH', 'JAVA_HOME', 'JAVA_TOOL_OPTIONS'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

async function firstMessage(supervisor: ChildProcess): Promise<SupervisorMessage> {
  if (supervisor.stdout === null) throw new Error('The supervisor has no standard output.');
  for await (const line of createInterface({ input: supervisor.stdout })) {
    return JSON.parse(line) as SupervisorMessage;
  }
  return { error: 'its supervisor ended before it started anything' };
}

/** The last lines of a log file, for an error message; empty when there is none. */
export async function tailOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
