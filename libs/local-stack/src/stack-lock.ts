import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LocalStackError } from './local-stack-error.js';
import { isAlive } from './process-table.js';

// A first start fetches Kafka, on a slow line for minutes.
const patienceMs = 20 * 60_000;

/**
 * Lets one process at a time start the stack of a data folder; the next one then finds it running.
 *
 * @throws {LocalStackError} `locked` when another start takes longer than 20 minutes.
 */
export async function withStackLock<T>(input: { dataDir: string; onWait: () => void; work: () => Promise<T> }): Promise<T> {
  const file = join(input.dataDir, 'stack.lock');
  const deadline = Date.now() + patienceMs;
  for (let waited = false; !(await tryLock(file)); waited = true) {
    if (!waited) input.onWait();
    if (Date.now() > deadline) {
      throw new LocalStackError({
        code: 'locked',
        message: `Another process has been starting this stack for too long. Stop it, remove ${file} and start again.`,
      });
    }
    await sleep(200);
  }
  try {
    return await input.work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  // An empty file belongs to a process between its two steps; ours cannot be left from an earlier life of this id.
  if (holder > 0 && !(await isAlive(holder))) await rm(file, { force: true });
  return false;
}
