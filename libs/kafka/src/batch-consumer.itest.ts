import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { assertNoGaps, createTestTopics, eventually, kafkaBrokers, testKafka, uniqueName, withAdmin } from '@ratchet/testing';
import type { TestTopics } from '@ratchet/testing';
import { BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
import { createKafka } from './connection.js';
import { EventProducer } from './event-producer.js';

const logger = Logger.silent();
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, logger);
const producer = new EventProducer(kafka);
let topics: TestTopics<'numbers'>;

const send = (numbers: readonly number[]): Promise<void> => producer.sendRecords(numbers.map((number) => ({ topic: topics.names.numbers, key: 'k', value: String(number), headers: {} })));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

beforeAll(async () => {
  topics = await createTestTopics({ numbers: 1 });
});
afterAll(async () => {
  await producer.close();
  await topics.drop();
});

describe('BatchConsumer', () => {
  const groupId = uniqueName('itest-batch');
  const handled: number[] = [];
  let refusals = 0;

  const consume = (): BatchConsumer =>
    new BatchConsumer({
      kafka,
      groupId,
      topics: [topics.names.numbers],
      logger,
      sessionTimeoutMs: 6_000,
      onBatch: async (records) => {
        const numbers = records.map(({ value }) => Number(value?.toString()));
        if (numbers.includes(150) && refusals < 2) {
          refusals += 1;
          throw new Error('not now');
        }
        handled.push(...numbers);
      },
    });

  it('gives a refused batch again until it is taken, and loses or reorders nothing', async () => {
    const consumer = consume();
    await consumer.start();
    await send(range(0, 100));
    await eventually(() => expect(handled.length).toBe(100));
    await send(range(100, 300));
    await send(range(300, 400));
    await eventually(() => expect(handled.length).toBeGreaterThanOrEqual(400));
    await consumer.stop();
    expect(refusals).toBe(2);
    expect(handled).toHaveLength(400);
    assertNoGaps(handled, { from: 0 });
  });

  it('goes on after what it had finished when it is started again', async () => {
    await send(range(400, 450));
    const consumer = consume();
    await consumer.start();
    await eventually(() => expect(handled.length).toBeGreaterThanOrEqual(450));
    await consumer.stop();
    assertNoGaps(handled, { from: 0 });
    expect(handled).toHaveLength(450);
  });
});

describe('a batch that takes its time', () => {
  let slow: TestTopics<'work' | 'other'>;
  // One a test: a producer asks for the leaders of every topic that it has written to, and stumbles over those that are gone.
  let writer: EventProducer;
  const started: BatchConsumer[] = [];
  const SESSION_MS = 6_000;

  beforeEach(async () => {
    slow = await createTestTopics({ work: 2, other: 1 });
    writer = new EventProducer(kafka);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((consumer) => consumer.stop()));
    await writer.close();
    await slow.drop();
  });

  type Handler = (topic: string, partition: number, values: string[], lost: AbortSignal) => Promise<void>;
  const begin = async (groupId: string, handler: Handler, options: Pick<BatchConsumerOptions, 'restMs' | 'topicsAtOnce'> = {}): Promise<BatchConsumer> => {
    const consumer = new BatchConsumer({
      kafka, groupId, logger, topics: Object.values(slow.names), sessionTimeoutMs: SESSION_MS, fetchWaitMs: 50, fetchBytesMin: 1, ...options,
      onBatch: async (records, lost) => {
        const [{ topic, partition }] = records as [(typeof records)[number]];
        await handler(topic, partition, records.map(({ value }) => String(value)), lost);
      },
    });
    started.push(consumer);
    await consumer.start();
    return consumer;
  };
  const put = (topic: string, partition: number, value: string): Promise<void> => writer.sendRecords([{ topic, partition, key: null, value, headers: {} }]);
  const membersOf = (groupId: string): Promise<string[]> => withAdmin(async (admin) => (await admin.describeGroups([groupId])).groups[0]?.members.map(({ memberId }) => memberId) ?? []);
  const positionOf = (groupId: string, topic: string, partition: number): Promise<string | undefined> =>
    withAdmin(async (admin) => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions.find((one) => one.partition === partition)?.offset);

  it('rests after a batch where it should, so that the next holds what came meanwhile; another topic does not wait for it, even where topics take turns', async () => {
    const groupId = uniqueName('itest-rest');
    const batches: string[][] = [];
    const others: string[] = [];
    const consumer = await begin(
      groupId,
      async (topic, _, values) => {
        if (topic === slow.names.work) batches.push(values);
        else others.push(...values);
      },
      { restMs: { [slow.names.work]: 20_000 }, topicsAtOnce: 1 },
    );
    await put(slow.names.work, 0, 'first');
    await eventually(() => expect(batches).toEqual([['first']]));
    await eventually(async () => expect(await positionOf(groupId, slow.names.work, 0)).toBe('1'));
    for (const value of ['a', 'b', 'c']) await put(slow.names.work, 0, value);
    await put(slow.names.other, 0, 'not behind it');
    await eventually(() => expect(others).toEqual(['not behind it']), { withinMs: 4_000 });
    expect(batches).toEqual([['first']]);
    await consumer.stop();
    await begin(groupId, async (topic, _, values) => void (topic === slow.names.work && batches.push(values)), { restMs: { [slow.names.work]: 20_000 } });
    await eventually(() => expect(batches).toEqual([['first'], ['a', 'b', 'c']]), { withinMs: 15_000 });
  });

  it('keeps its partition beyond the session, is done once, and holds back neither its neighbours nor other topics', async () => {
    const groupId = uniqueName('itest-long');
    const log: string[] = [];
    await begin(groupId, async (topic, partition, values) => {
      if (values.includes('long')) await new Promise((resolve) => setTimeout(resolve, SESSION_MS + 2_500));
      log.push(...values.map((value) => `${topic === slow.names.work ? `work/${partition}` : 'other'} ${value}`));
    });
    await eventually(async () => expect(await membersOf(groupId)).toHaveLength(1));
    const members = await membersOf(groupId);
    await put(slow.names.work, 0, 'long');
    await put(slow.names.work, 0, 'behind');
    for (let n = 0; n < 3; n += 1) {
      await put(slow.names.other, 0, String(n));
      await eventually(() => expect(log.filter((line) => line.startsWith('other'))).toHaveLength(n + 1), { withinMs: 4_000 });
    }
    expect(log).not.toContain('work/0 long');
    await eventually(() => expect(log).toContain('work/0 behind'), { withinMs: 20_000 });
    expect(log.filter((line) => line.startsWith('work'))).toEqual(['work/0 long', 'work/0 behind']);
    expect(await membersOf(groupId)).toEqual(members);
    await eventually(async () => expect(await positionOf(groupId, slow.names.work, 0)).toBe('2'));
  });

  it('commits nothing when its partition goes to another member, which does it instead', async () => {
    const groupId = uniqueName('itest-lost');
    const first: string[] = [];
    const second: string[] = [];
    const lostPartitions: number[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await begin(groupId, async (_, partition, values, lost) => {
      lost.addEventListener('abort', () => lostPartitions.push(partition));
      first.push(...values);
      await released;
    });
    for (const partition of [0, 1]) await put(slow.names.work, partition, `p${partition}`);
    await eventually(() => expect(first).toHaveLength(1));
    await begin(groupId, async (_, __, values) => void second.push(...values));
    await eventually(() => expect(second).toHaveLength(1), { withinMs: 40_000 });
    const [moved] = second as [string];
    const partition = Number(moved.slice(1));
    await eventually(async () => expect(await positionOf(groupId, slow.names.work, partition)).toBe('1'));
    // The first one ends its batches late: that of the moved partition must leave the position, and what came after it, alone.
    await put(slow.names.work, partition, 'next');
    await eventually(async () => expect(await positionOf(groupId, slow.names.work, partition)).toBe('2'));
    release();
    const kept = 1 - partition;
    await eventually(async () => expect(await positionOf(groupId, slow.names.work, kept)).toBe('1'));
    expect(await positionOf(groupId, slow.names.work, partition)).toBe('2');
    expect(first.concat(second).filter((value) => value === `p${kept}`)).toHaveLength(1);
    expect(second).toEqual([moved, 'next']);
    if (first.includes(moved)) expect(lostPartitions).toEqual([partition]);
  });

  it('leaves no lag over records that a transaction took back', async () => {
    const groupId = uniqueName('itest-aborted');
    const values: string[] = [];
    await begin(groupId, async (_, __, more) => void values.push(...more));
    const transactional = testKafka().producer({ transactionalId: groupId, idempotent: true, maxInFlightRequests: 1 });
    await transactional.connect();
    await put(slow.names.other, 0, 'kept');
    const transaction = await transactional.transaction();
    await transaction.send({ topic: slow.names.other, messages: [{ key: null, value: 'dropped' }] });
    await transaction.abort();
    await transactional.disconnect();
    // One that is kept, one that is not, and the marker that says so.
    await eventually(async () => expect(await positionOf(groupId, slow.names.other, 0)).toBe('3'));
    expect(values).toEqual(['kept']);
  });

  it('is finished and committed at a stop, and what fails is left to the next start', async () => {
    const groupId = uniqueName('itest-stop');
    const done: string[] = [];
    const { promise: inside, resolve: enter } = Promise.withResolvers<void>();
    const consumer = await begin(groupId, async (topic, _, values) => {
      if (topic === slow.names.other) throw new Error('not now');
      enter();
      await new Promise((resolve) => setTimeout(resolve, 500));
      done.push(...values);
    });
    await put(slow.names.other, 0, 'fails');
    await put(slow.names.work, 0, 'finishes');
    await inside;
    await consumer.stop();
    expect(done).toEqual(['finishes']);
    expect(await positionOf(groupId, slow.names.work, 0)).toBe('1');
    expect(await positionOf(groupId, slow.names.other, 0)).toBe('-1');
    const again: string[] = [];
    await begin(groupId, async (_, __, values) => void again.push(...values));
    await eventually(() => expect(again).toEqual(['fails']));
  });
});
