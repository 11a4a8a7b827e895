import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Fleet } from './fleet.js';

const run = promisify(execFile);
const FORMAT = 1;
const STOP_WITHIN_MS = 12_000;
const POLL_MS = 100;

const runningSchema = z.object({
  format: z.literal(FORMAT),
  /** Of the command that started everything, and will stop it. */
  ownerPid: z.number().int().positive(),
  startedAt: z.string(),
  kafkaBrokers: z.array(z.string()).min(1),
  services: z.record(z.string(), z.object({ url: z.string(), pid: z.number().int().nonnegative() })),
});

/** What runs on this machine, and where; written to `running.json` of its data folder. */
export type Running = z.infer<typeof runningSchema>;

const fileOf = (dataDir: string): string => join(dataDir, 'running.json');

/** Undefined where there is none, or one that this version does not understand. */
export const parseRunning = (content: string): Running | undefined => {
  try {
    return runningSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
};

/** Whatever the folder's `running.json` says, even if its owner is gone. */
export const readRecorded = async (dataDir: string): Promise<Running | undefined> => parseRunning(await readFile(fileOf(dataDir), 'utf8').catch(() => ''));

/** What runs for the folder now: undefined where its owner has ended. */
export const readRunning = async (dataDir: string): Promise<Running | undefined> => {
  const running = await readRecorded(dataDir);
  return running && isAlive(running.ownerPid) ? running : undefined;
};

/** Tells other commands of this process's services; call it as soon as they are processes, and {@link clearRunning} when they have stopped. */
export const writeRunning = async (dataDir: string, fleet: Pick<Fleet, 'pids' | 'url'>, { kafkaBrokers }: { readonly kafkaBrokers: readonly string[] }): Promise<void> => {
  const services = Object.fromEntries(Object.entries(fleet.pids).map(([name, pid]) => [name, { url: fleet.url(name as Parameters<Fleet['url']>[0]), pid }]));
  const running: Running = { format: FORMAT, ownerPid: process.pid, startedAt: new Date().toISOString(), kafkaBrokers: [...kafkaBrokers], services };
  await mkdir(dataDir, { recursive: true });
  // In one step, so that a reader never sees half of it.
  const temporary = `${fileOf(dataDir)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(running, null, 2)}\n`);
  await rename(temporary, fileOf(dataDir));
};

/** Forgets what {@link writeRunning} wrote; another process's record is left alone. */
export const clearRunning = async (dataDir: string): Promise<void> => {
  const recorded = await readRecorded(dataDir);
  if (recorded?.ownerPid === process.pid) await rm(fileOf(dataDir), { force: true });
};

/** Ends services whose owner was killed before it could; returns their names. */
export const stopLeftovers = async (dataDir: string): Promise<string[]> => {
  const recorded = await readRecorded(dataDir);
  if (!recorded || isAlive(recorded.ownerPid)) return [];
  const checked = await Promise.all(Object.entries(recorded.services).map(async ([name, { pid }]) => ({ name, pid, ours: await isService(name, pid) })));
  const left = checked.filter(({ ours }) => ours);
  for (const { pid } of left) signal(pid, 'SIGTERM');
  const until = Date.now() + STOP_WITHIN_MS;
  while (left.some(({ pid }) => isAlive(pid)) && Date.now() < until) await wait(POLL_MS);
  for (const { pid } of left) if (isAlive(pid)) signal(pid, 'SIGKILL');
  await rm(fileOf(dataDir), { force: true });
  return left.map(({ name }) => name);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Process ids are used again, so the command line must be the service's. */
const isService = async (name: string, pid: number): Promise<boolean> => {
  if (pid === 0 || !isAlive(pid)) return false;
  const { stdout } = await run('ps', ['-ww', '-p', String(pid), '-o', 'args=']).catch(() => ({ stdout: '' }));
  return stdout.includes(join('apps', name, 'dist', 'main.js'));
};
