import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a process has this id; a zombie does not count, it has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (status === undefined) return process.platform !== 'linux';
  return !/^\d+ \(.*\) Z/s.test(status);
}

/**
 * Whether the process of this id is the one that was recorded: ids are used again, so its command line must name
 * `marker` (a path that only this stack's processes carry).
 */
export async function isOurs({ pid, marker }: { pid: number; marker: string }): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  return (await commandLineOf(pid)).includes(marker);
}

async function commandLineOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    // No /proc (macOS): ps is part of the system there.
    const listed = await run('ps', ['-ww', '-p', String(pid), '-o', 'args=']).catch(() => ({ stdout: '' }));
    return listed.stdout;
  }
}

/** Waits until no process of `pids` is left. Returns the ones that still live after `timeoutMs`. */
export async function waitUntilGone({ pids, timeoutMs }: { pids: readonly number[]; timeoutMs: number }): Promise<number[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const states = await Promise.all(pids.map(async (pid) => ({ pid, alive: await isAlive(pid) })));
    const left = states.filter(({ alive }) => alive).map(({ pid }) => pid);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(50);
  }
}

/** Sends a signal; a process that is already gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
