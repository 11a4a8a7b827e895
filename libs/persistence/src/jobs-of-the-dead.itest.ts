// Goal: long work outlives the process that does it. Method: instances of a service as processes; the one that works is killed, or its
// database taken away, in the middle of a job.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { createTestDatabase, eventually, startTcpProxy, startTestProcess } from '@ratchet/testing';
import type { TcpProxy, TestDatabase, TestProcess } from '@ratchet/testing';
import { Database } from './database.js';
import { prepareJobs } from './jobs.js';

const service = 'long-worker';
const logger = Logger.silent();
const script = fileURLToPath(new URL('../test/job.worker.mjs', import.meta.url));
const JOB_MS = 2_000;
let server: TestDatabase;
let database: Database;
let proxy: TcpProxy;
let proxied: string;
const started: TestProcess[] = [];

beforeAll(async () => {
  server = await createTestDatabase('jobs');
  database = new Database({ url: server.url, service, migrations: [] });
  await database.start();
  await prepareJobs({ url: server.url, service, logger });
  await database.query('create table finished (run text not null, pid int not null)');
  const url = new URL(server.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  proxied = url.href;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((instance) => instance.end()));
});
afterAll(async () => {
  await proxy.close();
  await database.stop();
  await server.drop();
});

const start = (url: string): TestProcess => {
  const instance = startTestProcess({ script, args: [JSON.stringify({ url, service, jobMs: JOB_MS })] });
  started.push(instance);
  return instance;
};
const enqueue = (run: string): Promise<void> => database.transaction((tx) => tx.enqueue('train', { run }));
const finished = async (run: string): Promise<number[]> => (await database.query<{ pid: number }>('select pid from finished where run = $1', [run])).map(({ pid }) => pid);
const waiting = (): Promise<object[]> => database.query('select id from long_worker_jobs.jobs');

describe('a job whose process is killed in the middle', () => {
  it('is taken up within seconds by the instance that leads next', async () => {
    const first = start(server.url);
    await first.said(/leading/);
    const second = start(server.url);
    await second.said(/standing by/);
    await enqueue('killed');
    await first.said(/begun killed/);
    expect(second.output()).not.toContain('leading');
    await first.end('SIGKILL');
    await second.said(/begun killed/, 15_000);
    await eventually(async () => expect(await finished('killed')).toEqual([second.pid]));
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('is taken up by the same service when it is started again', async () => {
    const first = start(server.url);
    await first.said(/leading/);
    await enqueue('restarted');
    await first.said(/begun restarted/);
    await first.end('SIGKILL');
    const again = start(server.url);
    await again.said(/begun restarted/, 15_000);
    await eventually(async () => expect(await finished('restarted')).toEqual([again.pid]));
  });
});

describe('a job whose database goes away in the middle', () => {
  it('is done in the end, by the same process, which does not end over it', async () => {
    const instance = start(proxied);
    await instance.said(/leading/);
    await enqueue('outage');
    await instance.said(/begun outage/);
    await proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, JOB_MS + 3_000));
    await proxy.restore();
    await eventually(async () => expect(await finished('outage')).toEqual([instance.pid]), { withinMs: 45_000 });
    await eventually(async () => expect(await waiting()).toEqual([]), { withinMs: 60_000 });
    await enqueue('afterwards');
    await eventually(async () => expect(await finished('afterwards')).toEqual([instance.pid]), { withinMs: 30_000 });
  });
});
