// Goal: what the log and the configuration set as limits is met, and crossing one loses nothing. Method: the processor in this
// process, against a real log whose records are too large, deleted, or not kept for long enough.
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import type { RatchetError } from '@ratchet/observability';
import { assertNoGaps, createTestTopics, eventually, kafkaBrokers, readAll, uniqueName, withAdmin } from '@ratchet/testing';
import type { TestTopics } from '@ratchet/testing';
import { createKafka } from '../connection.js';
import { EventProducer } from '../event-producer.js';
import type { ConsumedRecord, ProducedRecord } from '../record.js';
import { ExactlyOnceProcessor } from './exactly-once-processor.js';
import type { ExactlyOnceProcessorOptions } from './exactly-once-processor.js';
import type { PartitionTask } from './partition-task.js';
import { encodePosition } from './position.js';

const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, Logger.silent());
let topics: TestTopics<'input' | 'output'> | undefined;
let processor: ExactlyOnceProcessor | undefined;

afterEach(async () => {
  await processor?.stop();
  processor = undefined;
  await topics?.drop();
});

const prepare = async (): Promise<{ input: string; output: string; groupId: string }> => {
  topics = await createTestTopics({ input: 1, output: 1 });
  return { ...topics.names, groupId: uniqueName('itest-limits') };
};

const sendNumbers = async (topic: string, count: number, bytes = 1): Promise<void> => {
  const producer = new EventProducer(kafka);
  for (let i = 0; i < count; i += 100) await producer.sendRecords(Array.from({ length: Math.min(100, count - i) }, (_, j) => ({ topic, key: 'k', value: String(i + j).padEnd(bytes), headers: {} })));
  await producer.close();
};

const taskOf = (task: Partial<PartitionTask>): PartitionTask => ({
  process: () => [],
  endBatch: () => [],
  endReplay: () => undefined,
  resumePoint: (position) => ({ replayFrom: position, streamTimeMs: 0, marks: {} }),
  clockRecord: () => undefined,
  ...task,
});

type Options = Omit<ExactlyOnceProcessorOptions, 'kafka' | 'logger' | 'createTask' | 'onFatal'>;

/** Gives the error that ends the processor, for those that wait for it. */
const start = async (options: Options, task: Partial<PartitionTask> = {}): Promise<{ fatal: Promise<RatchetError> }> => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  processor = new ExactlyOnceProcessor({ kafka, logger: Logger.silent(), createTask: () => taskOf(task), onFatal: resolve, fetchWaitMs: 20, fetchBytesMin: 1, ...options });
  await processor.start();
  return { fatal: promise as Promise<RatchetError> };
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

const numbersOf = async (topic: string): Promise<number[]> => (await readAll(topic)).map(({ value }) => Number(value?.toString()));

describe('the limits of ExactlyOnceProcessor', () => {
  it('commits a batch whose outputs are larger than what a broker takes in one request', async () => {
    const { input, output, groupId } = await prepare();
    await sendNumbers(input, 300);
    await start({ groupId, topic: input }, { process: ({ value }): ProducedRecord[] => [{ topic: output, key: 'k', value: String(value).padEnd(10_000), headers: {} }] });
    await eventually(async () => expect(await numbersOf(output)).toHaveLength(300), { withinMs: 60_000, everyMs: 300 });
    assertNoGaps(await numbersOf(output), { from: 0 });
  });

  it('takes no more at once than the limit of a batch, but always a record', async () => {
    const { input, output, groupId } = await prepare();
    await sendNumbers(input, 60, 4_000);
    await sendNumbers(input, 3, 300_000);
    const sizes: { records: number; bytes: number }[] = [];
    let batch: ConsumedRecord[] = [];
    const process = (record: ConsumedRecord): ProducedRecord[] => {
      batch.push(record);
      return [{ topic: output, key: 'k', value: String(Number(record.value)), headers: {} }];
    };
    const endBatch = (): ProducedRecord[] => {
      sizes.push({ records: batch.length, bytes: batch.reduce((sum, { value }) => sum + (value?.length ?? 0), 0) });
      batch = [];
      return [];
    };
    await start({ groupId, topic: input, batchBytesMax: 25_000 }, { process, endBatch });
    await eventually(async () => expect(await numbersOf(output)).toHaveLength(63), { withinMs: 60_000, everyMs: 300 });
    expect(sizes.filter(({ records, bytes }) => bytes > 25_000 && records > 1)).toEqual([]);
    expect(sizes.filter(({ bytes }) => bytes === 300_000)).toHaveLength(3);
    expect(Math.max(...sizes.map(({ records }) => records))).toBe(6);
  });

  it('says which batch it has under way, so that one which never ends is noticed', async () => {
    const { input, groupId } = await prepare();
    await sendNumbers(input, 1);
    const underWay: number[] = [];
    const onBatchBegun = (partition: number): (() => void) => {
      underWay.push(partition);
      return () => void underWay.splice(underWay.indexOf(partition), 1);
    };
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    await start({ groupId, topic: input, onBatchBegun }, { prepare: () => held });
    await eventually(() => expect(underWay).toEqual([0]), { withinMs: 30_000 });
    letGo();
    await eventually(() => expect(underWay).toEqual([]));
  });

  it('stops with an instruction, and resets nothing, where the log no longer holds its position', async () => {
    const { input, groupId } = await prepare();
    await sendNumbers(input, 50);
    const committer = kafka.transactionalProducer(groupId);
    await committer.connect();
    await committer.commit({ records: [], groupId, positions: [{ topic: input, partition: 0, offset: 10n, metadata: encodePosition({ replayFrom: 5n, streamTimeMs: 0, marks: {} }) }] });
    await committer.disconnect();
    await deleteRecordsBefore(input, 20);
    const { fatal } = await start({ groupId, topic: input });
    const error = await fatal;
    expect(error).toMatchObject({ code: 'position_out_of_range', context: { position: '10', replayFrom: '5', low: '20', high: '50' } });
    expect(error.message).toContain('kafka-consumer-groups --reset-offsets');
    expect(await positionOf(input, groupId)).toBe(10n);
  });

  it('stops, and resets nothing, where records are deleted that it was about to read', async () => {
    const { input, groupId } = await prepare();
    await sendNumbers(input, 2_000, 500);
    const read: bigint[] = [];
    let deleting: Promise<void> | undefined;
    const process = ({ offset }: ConsumedRecord): ProducedRecord[] => {
      read.push(offset);
      deleting ??= deleteRecordsBefore(input, 1_500);
      return [];
    };
    // Each fetch brings one of the twenty batches that were sent.
    const { fatal } = await start({ groupId, topic: input, batchBytesMax: 1_000 }, { process });
    const error = await fatal;
    await deleting;
    expect(error).toMatchObject({ code: 'position_out_of_range' });
    assertNoGaps(read.map(Number), { from: 0 });
    expect(read.length).toBeLessThan(2_000);
    await processor?.stop();
    processor = undefined;
    expect(await positionOf(input, groupId)).toBeLessThan(1_500n);
  });

  it('does not start where the log keeps its records for too short a time', async () => {
    const { input, groupId } = await prepare();
    await withAdmin((admin) => admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: input, configEntries: [{ name: 'retention.ms', value: '3600000' }] }] }));
    const refused = new ExactlyOnceProcessor({ kafka, groupId, topic: input, createTask: () => taskOf({}), logger: Logger.silent(), onFatal: () => undefined, retentionMsMin: 3_600_001 });
    await expect(refused.start()).rejects.toMatchObject({ code: 'retention_too_short', context: { retentionMs: 3_600_000, retentionMsMin: 3_600_001 } });
    await refused.stop();
    await start({ groupId, topic: input, retentionMsMin: 3_600_000 });
  });
});
