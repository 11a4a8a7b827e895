// Goal: outputs are those of an undisturbed run, whatever happens to the process. Method: workers of the built library, killed,
// stopped and continued while they produce; then the committed outputs are compared with what the input log alone gives.
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { assertExactlyOnce, assertNoGaps, createTestTopics, eventually, kafkaBrokers, readAll, startTestProcess, uniqueName, withAdmin } from '@ratchet/testing';
import type { TestProcess, TestTopics } from '@ratchet/testing';
import { createKafka } from '../connection.js';
import { EventProducer } from '../event-producer.js';
import { ExactlyOnceProcessor } from './exactly-once-processor.js';
import type { PartitionTask } from './partition-task.js';
import { encodePosition } from './position.js';
import type { ProducedRecord } from '../record.js';

const script = fileURLToPath(new URL('../../test/moving-sum.worker.mjs', import.meta.url));
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, Logger.silent());
const WINDOW = 20;
const started: TestProcess[] = [];
const sendings: (() => Promise<number>)[] = [];
let topics: TestTopics<'input' | 'output'> | undefined;

afterEach(async () => {
  for (const stop of sendings.splice(0)) await stop();
  for (const worker of started.splice(0)) {
    worker.signal('SIGCONT');
    await worker.end();
  }
  await topics?.drop();
  topics = undefined;
});

const prepare = async (): Promise<{ input: string; output: string; groupId: string }> => {
  topics = await createTestTopics({ input: 1, output: 1 });
  return { ...topics.names, groupId: uniqueName('itest-moving-sum') };
};

const startWorker = ({ input, output, groupId, pauseMs }: { input: string; output: string; groupId: string; pauseMs: number }): TestProcess => {
  const worker = startTestProcess({ script, args: [JSON.stringify({ brokers: kafkaBrokers(), topic: input, output, groupId, pauseMs })] });
  started.push(worker);
  return worker;
};

/** Sends numbers until told to stop; gives how many it sent. */
const sendNumbers = (topic: string): (() => Promise<number>) => {
  const producer = new EventProducer(kafka);
  const batch = 10;
  let sent = 0;
  let stopped = false;
  const sending = (async () => {
    while (!stopped) {
      await producer.sendRecords(Array.from({ length: batch }, (_, i) => ({ topic, key: `k${(sent + i) % 7}`, value: String((sent + i) * 31 % 1_000), headers: {} })));
      sent += batch;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await producer.close();
    return sent;
  })();
  const stop = (): Promise<number> => {
    stopped = true;
    return sending;
  };
  sendings.push(stop);
  return stop;
};

/** What one pass over the input gives, computed apart from the worker's code. */
const undisturbed = async (input: string): Promise<string[]> => {
  const records = await readAll(input);
  const numbers = records.map(({ value }) => Number(value?.toString()));
  return records.map(({ offset }, i) => JSON.stringify({ offset: String(offset), count: i + 1, sum: numbers.slice(Math.max(0, i + 1 - WINDOW), i + 1).reduce((sum, number) => sum + number, 0) }));
};

const outputsOf = async (output: string): Promise<{ texts: string[]; workers: string[] }> => {
  const records = await readAll(output);
  return { texts: records.map(({ value }) => value?.toString() ?? ''), workers: records.map(({ headers }) => headers['worker'] ?? '') };
};

const untilOutputs = async ({ output, count }: { output: string; count: number }): Promise<void> => {
  await eventually(async () => expect((await readAll(output)).length).toBeGreaterThanOrEqual(count), { withinMs: 90_000, everyMs: 500 });
};

const expectExactlyOnce = async ({ input, output }: { input: string; output: string }): Promise<{ texts: string[]; workers: string[] }> => {
  const actual = await outputsOf(output);
  const expected = await undisturbed(input);
  assertExactlyOnce({ expected, actual: actual.texts });
  assertNoGaps(actual.texts.map((text) => (JSON.parse(text) as { count: number }).count), { from: 1 });
  return actual;
};

const deleteRecordsBefore = (topic: string, offset: number): Promise<void> =>
  withAdmin(async (admin) => {
    // kafkajs looks up the partition's leader only among the topics that it has asked for before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });

const positionOf = async (topic: string, groupId: string): Promise<bigint | undefined> => {
  const admin = kafka.admin();
  await admin.connect();
  return (await admin.positions(groupId, [topic]).finally(() => admin.disconnect()))[0]?.offset;
};

const nothing: PartitionTask = {
  process: () => [],
  endBatch: () => [],
  endReplay: () => undefined,
  resumePoint: (position) => ({ replayFrom: position, streamTimeMs: 0, marks: {} }),
  clockRecord: () => undefined,
};

describe('ExactlyOnceProcessor', () => {
  it('puts out what an undisturbed run puts out, in its order, when its process is killed again and again', async () => {
    const names = await prepare();
    const stopSending = sendNumbers(names.input);
    const killedAfter: number[] = [];
    for (const waitMs of [40, 5, 90]) {
      const worker = startWorker({ ...names, pauseMs: 1 });
      // Past a few commits, and then at an arbitrary point of the next batch.
      await worker.said(/(committed \d+[\s\S]*){3}/);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await worker.end('SIGKILL');
      killedAfter.push([...worker.output().matchAll(/committed (\d+)/g)].reduce((sum, found) => sum + Number(found[1]), 0));
    }
    const sent = await stopSending();
    const last = startWorker({ ...names, pauseMs: 0 });
    await untilOutputs({ output: names.output, count: sent });
    await last.end('SIGTERM');
    const { workers } = await expectExactlyOnce(names);
    expect(new Set(workers).size).toBe(4);
    expect(killedAfter.every((records) => records > 0)).toBe(true);
    expect(last.output()).toMatch(/restored[\s\S]*batch/);
  });

  it('lets a stopped process that comes back write nothing of the batch it held', async () => {
    const names = await prepare();
    const stopSending = sendNumbers(names.input);
    const zombie = startWorker({ ...names, pauseMs: 2 });
    await zombie.said(/(committed \d+[\s\S]*){3}/);
    zombie.signal('SIGSTOP');
    const { texts: before } = await outputsOf(names.output);
    const heir = startWorker({ ...names, pauseMs: 0 });
    await heir.said(/committed/);
    await eventually(async () => expect((await outputsOf(names.output)).workers).toContain(String(heir.pid)));
    const taken = (await outputsOf(names.output)).texts.length;
    zombie.signal('SIGCONT');
    await zombie.said(/a transaction failed/, 30_000);
    const sent = await stopSending();
    await untilOutputs({ output: names.output, count: sent });
    const { texts, workers } = await expectExactlyOnce(names);
    expect(texts.slice(0, before.length)).toEqual(before);
    // All that the heir had taken over stays the heir's: the batch that the zombie held is not among the outputs twice, or late.
    expect(new Set(workers.slice(before.length, taken))).toEqual(new Set([String(heir.pid)]));
  });

  it('hands its partition over without a repeat when it is asked to stop', async () => {
    const names = await prepare();
    const stopSending = sendNumbers(names.input);
    const first = startWorker({ ...names, pauseMs: 0 });
    await first.said(/(committed \d+[\s\S]*){3}/);
    await first.end('SIGTERM');
    expect(await first.ended()).toBe(0);
    const second = startWorker({ ...names, pauseMs: 0 });
    await second.said(/(committed \d+[\s\S]*){3}/, 15_000);
    const sent = await stopSending();
    await untilOutputs({ output: names.output, count: sent });
    await expectExactlyOnce(names);
  });

  it('commits a batch whose outputs are larger than what a broker takes in one request', async () => {
    const { input, output, groupId } = await prepare();
    const producer = new EventProducer(kafka);
    await producer.sendRecords(Array.from({ length: 300 }, (_, i) => ({ topic: input, key: 'k', value: String(i), headers: {} })));
    await producer.close();
    const process = ({ value }: { value: Buffer | null }): ProducedRecord[] => [{ topic: output, key: 'k', value: String(value).padEnd(10_000), headers: {} }];
    const processor = new ExactlyOnceProcessor({ kafka, groupId, topic: input, createTask: () => ({ ...nothing, process }), logger: Logger.silent(), onFatal: () => undefined });
    await processor.start();
    await untilOutputs({ output, count: 300 });
    await processor.stop();
    assertNoGaps((await outputsOf(output)).texts.map(Number), { from: 0 });
  });

  it('stops with an instruction, and resets nothing, where the log no longer holds its position', async () => {
    const { input, groupId } = await prepare();
    const producer = new EventProducer(kafka);
    await producer.sendRecords(Array.from({ length: 50 }, (_, i) => ({ topic: input, key: 'k', value: String(i), headers: {} })));
    await producer.close();
    const committer = kafka.transactionalProducer(groupId);
    await committer.connect();
    await committer.commit({ records: [], groupId, positions: [{ topic: input, partition: 0, offset: 10n, metadata: encodePosition({ replayFrom: 5n, streamTimeMs: 0, marks: {} }) }] });
    await committer.disconnect();
    await deleteRecordsBefore(input, 20);
    const fatal = Promise.withResolvers<Error>();
    const processor = new ExactlyOnceProcessor({ kafka, groupId, topic: input, createTask: () => nothing, logger: Logger.silent(), onFatal: fatal.resolve });
    await processor.start();
    const error = await fatal.promise;
    await processor.stop();
    expect(error).toMatchObject({ code: 'position_out_of_range', context: { position: '10', replayFrom: '5', low: '20', high: '50' } });
    expect(error.message).toContain('kafka-consumer-groups --reset-offsets');
    expect(await positionOf(input, groupId)).toBe(10n);
  });
});
