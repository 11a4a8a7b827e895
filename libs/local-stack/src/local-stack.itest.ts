import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import pg from 'pg';

import { readRunningStack, startStack, stopStack, type RunningStack, type Stack } from './index.js';
import { waitUntilGone } from './process-table.js';
import { readRecord } from './stack-record.js';

// A stack of its own, whatever stack the other tests run on.
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'], RATCHET_STACK: 'embedded' };

let dataDir: string;
let stack: Stack | undefined;

async function start(): Promise<Stack> {
  stack = await startStack({ dataDir, env });
  return stack;
}

async function withAdmin<T>(running: RunningStack, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new kafkajs.Kafka({ brokers: running.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function query(running: RunningStack, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: running.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function produce(running: RunningStack, values: string[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: running.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, transactionalId: 'local-stack-itest' });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'notes', messages: values.map((value) => ({ value })) });
  await transaction.commit();
  await producer.disconnect();
}

async function consume(running: RunningStack, count: number): Promise<string[]> {
  const kafka = new kafkajs.Kafka({ brokers: running.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `readers-${process.hrtime.bigint()}` });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: 'notes', fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
        values.push(String(message.value));
        if (values.length >= count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return values;
}

async function pidsOf(folder: string): Promise<number[]> {
  const { kafka, postgres } = await readRecord(folder);
  return [kafka?.pid, kafka?.supervisorPid, postgres?.pid, postgres?.supervisorPid].filter((pid) => pid !== undefined);
}

describe('an embedded stack', () => {
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ratchet-stack-'));
    // As an ordinary folder; one that is closed to others would send root's PostgreSQL to a folder outside.
    await chmod(dataDir, 0o755);
  });

  afterAll(async () => {
    await stack?.stop();
    await stopStack(dataDir, env);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('starts both services, each ready to be used', async () => {
    const running = await start();
    expect(running.mode).toEqual({ kafka: 'embedded', postgres: 'embedded' });
    await withAdmin(running, (admin) => admin.createTopics({ topics: [{ topic: 'notes', numPartitions: 1 }] }));
    await produce(running, ['one', 'two']);
    expect(await consume(running, 2)).toEqual(['one', 'two']);
    await query(running, "create table notes (text text); insert into notes values ('kept')");
    expect(await query(running, 'select current_database() as name')).toEqual([{ name: 'ratchet' }]);
  });

  it('does not make topics that nobody declared', async () => {
    const running = (await readRunningStack(dataDir, env)) as RunningStack;
    await expect(withAdmin(running, (admin) => admin.fetchTopicMetadata({ topics: ['undeclared'] }))).rejects.toThrow();
    expect(await withAdmin(running, (admin) => admin.listTopics())).not.toContain('undeclared');
  });

  it('is found by others, who use it and leave it running', async () => {
    const own = stack as Stack;
    const guest = await startStack({ dataDir, env });
    expect(guest.pids).toEqual(own.pids);
    expect(guest.databaseUrl).toBe(own.databaseUrl);
    await guest.stop();
    expect(await readRunningStack(dataDir, env)).toMatchObject({ kafkaBrokers: own.kafkaBrokers, pids: own.pids });
  });

  it('leaves no process behind when it stops', async () => {
    const pids = await pidsOf(dataDir);
    expect(pids).toHaveLength(4);
    await stack?.stop();
    expect(await waitUntilGone({ pids, timeoutMs: 0 })).toEqual([]);
    expect(await readRunningStack(dataDir, env)).toBeUndefined();
  });

  it('starts again on the same ports with its data', async () => {
    const before = await readRecord(dataDir);
    const running = await start();
    const after = await readRecord(dataDir);
    expect([after.kafka?.port, after.postgres?.port]).toEqual([before.kafka?.port, before.postgres?.port]);
    expect(await consume(running, 2)).toEqual(['one', 'two']);
    expect(await query(running, 'select text from notes')).toEqual([{ text: 'kept' }]);
  });

  it('finds its data again after both services were killed', async () => {
    const { kafka, postgres } = (stack as Stack).pids;
    const pids = await pidsOf(dataDir);
    await produce(stack as Stack, ['three']);
    process.kill(kafka as number, 'SIGKILL');
    process.kill(postgres as number, 'SIGKILL');
    expect(await waitUntilGone({ pids, timeoutMs: 20_000 })).toEqual([]);
    const running = await start();
    expect(await consume(running, 3)).toEqual(['one', 'two', 'three']);
    expect(await query(running, 'select text from notes')).toEqual([{ text: 'kept' }]);
  });

  it('replaces services whose supervisors were killed', async () => {
    const { kafka, postgres } = await readRecord(dataDir);
    process.kill(kafka?.supervisorPid as number, 'SIGKILL');
    process.kill(postgres?.supervisorPid as number, 'SIGKILL');
    const supervisors = [kafka?.supervisorPid as number, postgres?.supervisorPid as number];
    expect(await waitUntilGone({ pids: supervisors, timeoutMs: 20_000 })).toEqual([]);
    const running = await start();
    expect(running.pids['kafka']).not.toBe(kafka?.pid);
    expect(await waitUntilGone({ pids: [kafka?.pid as number, postgres?.pid as number], timeoutMs: 0 })).toEqual([]);
    expect(await consume(running, 3)).toEqual(['one', 'two', 'three']);
  });

  it('is stopped by another process through its data folder', async () => {
    const pids = await pidsOf(dataDir);
    expect(await stopStack(dataDir, env)).toEqual(['kafka', 'postgres']);
    expect(await waitUntilGone({ pids, timeoutMs: 0 })).toEqual([]);
    expect(await stopStack(dataDir, env)).toEqual([]);
    await expect(access(join(dataDir, 'stack.lock'))).rejects.toThrow('ENOENT');
  });
});
