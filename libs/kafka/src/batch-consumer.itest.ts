import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { assertNoGaps, createTestTopics, eventually, kafkaBrokers, uniqueName } from '@ratchet/testing';
import type { TestTopics } from '@ratchet/testing';
import { BatchConsumer } from './batch-consumer.js';
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
