import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { isAlive, isOurs, waitUntilGone } from './process-table.js';
import { serviceEnvironment, startSupervised, tailOf } from './supervised-process.js';
import type { SupervisorOrder } from './supervisor.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-supervised-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function order(script: string): SupervisorOrder {
  return {
    command: process.execPath,
    args: ['-e', script, folder],
    cwd: folder,
    logFile: join(folder, 'log'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 300,
  };
}

const forever = 'setInterval(() => {}, 1000);';

describe('a supervised service', () => {
  it('is gone, with its supervisor, once it was stopped', async () => {
    const service = await startSupervised({ order: order(forever), env: process.env });
    expect(await isOurs({ pid: service.pid, marker: folder })).toBe(true);
    expect(await isOurs({ pid: service.pid, marker: '/elsewhere' })).toBe(false);
    await service.stop();
    expect(await waitUntilGone({ pids: [service.pid, service.supervisorPid], timeoutMs: 0 })).toEqual([]);
  });

  it('is killed when it does not obey', async () => {
    const deaf = `process.on('SIGTERM', () => {}); console.log('ready'); ${forever}`;
    const service = await startSupervised({ order: order(deaf), env: process.env });
    while (!(await tailOf(join(folder, 'log'))).includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    await service.stop();
    expect(await isAlive(service.pid)).toBe(false);
  });

  it('has what it prints in its log, and ends on its own', async () => {
    const service = await startSupervised({ order: order("console.log('out'); console.error('err')"), env: process.env });
    await service.ended;
    expect((await readFile(join(folder, 'log'), 'utf8')).split('\n').sort()).toEqual(['', 'err', 'out']);
    await service.stop();
  });

  it('refuses a command that does not exist', async () => {
    const missing = { ...order(''), command: join(folder, 'missing') };
    await expect(startSupervised({ order: missing, env: process.env })).rejects.toMatchObject({
      code: 'service_failed',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('ends when its parent is killed without a chance to clean up', async () => {
    const supervisor = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
    const parentFile = join(folder, 'parent.mjs');
    await writeFile(
      parentFile,
      `import { spawn } from 'node:child_process';
       const supervisor = spawn(process.execPath, [process.argv[2], process.argv[3]], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
       supervisor.stdout.on('data', (line) => console.log(JSON.stringify({ ...JSON.parse(line), supervisorPid: supervisor.pid })));`,
    );
    const parent = spawn(process.execPath, [parentFile, supervisor, JSON.stringify(order(forever))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { pid, supervisorPid } = JSON.parse(String(line)) as { pid: number; supervisorPid: number };
    expect(await isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await waitUntilGone({ pids: [pid, supervisorPid], timeoutMs: 20_000 })).toEqual([]);
  });

  it('sees what it needs of the environment, and no secret', () => {
    const env = { PATH: '/bin', JAVA_HOME: '/java', OPENAI_API_KEY: 'secret', NODE_OPTIONS: '--inspect' };
    expect(serviceEnvironment(env)).toEqual({ PATH: '/bin', JAVA_HOME: '/java' });
  });
});
