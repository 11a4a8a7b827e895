// Goal: each span in the collector's topic becomes one interaction, keyed by its conversation, whatever happens to the reader. Method: the
// reader in this process against a real Kafka, stopped and started again in the middle; what cannot be read must be set aside, byte by byte.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import type { Interaction } from '@ratchet/domain';
import { createKafka, ensureTopics, partitionOfKey } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { createTopics, eventually, kafkaBrokers, readAll, testKafka, uniqueName, withAdmin, type ReadRecord } from '@ratchet/testing';
import { chatSpan, jsonRequest, protobufRequest, type TestSpan } from '../spec-support/otlp-request.js';
import { SpansReader } from './spans-reader.js';

const INTERACTIONS = topics.interactions.name;
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'gateway-itest' }, Logger.silent());
const run = uniqueName('spans');
const topic = uniqueName('itest-otlp-spans');
const metrics = new Metrics();
let producer: ReturnType<ReturnType<typeof testKafka>['producer']>;
let reader: SpansReader | undefined;
let next = Date.now() % 1_000_000_000;

const startReader = (name = topic, logger = Logger.silent()): SpansReader => {
  reader = new SpansReader({ kafka, topic: name, replicationFactor: 1, logger, metrics, workloads: {}, eventBytesMax: 900_000, prepare: (event) => event, retryMs: 200 });
  reader.start();
  return reader;
};

/** Spans of a conversation that stands in several records and partitions. */
const spansOf = (conversation: string, count: number): TestSpan[] => Array.from({ length: count }, () => chatSpan((next += 1), { conversation: `${run}-${conversation}` }));

const write = (values: readonly (Buffer | string | null)[], name = topic): Promise<unknown> =>
  producer.send({ topic: name, messages: values.map((value, at) => ({ partition: at % 3, key: null, value })) });

const json = (spans: readonly TestSpan[]): string => JSON.stringify(jsonRequest(spans));

const untilRead = (name: string): Promise<void> =>
  eventually(async () => {
    const [committed] = await withAdmin((admin) => admin.fetchOffsets({ groupId: `gateway-${name}`, topics: [name] }));
    expect(committed?.partitions.some(({ offset }) => Number(offset) > 0)).toBe(true);
  }, { withinMs: 60_000, everyMs: 200 });

const written = async (): Promise<ReadRecord[]> => (await readAll(INTERACTIONS)).filter(({ key }) => key?.startsWith(run));
const untilWritten = (count: number): Promise<ReadRecord[]> =>
  eventually(async () => {
    const records = await written();
    expect(records.length).toBeGreaterThanOrEqual(count);
    return records;
  }, { withinMs: 60_000, everyMs: 300 });

beforeAll(async () => {
  await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: ['gateway'] });
  producer = testKafka().producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
});
afterEach(() => reader?.stop());
afterAll(async () => {
  await producer.disconnect();
  await withAdmin((admin) => admin.deleteTopics({ topics: [topic, deadLetterTopicOf(topic, 'gateway')] }));
});

describe('the topic of the collector', () => {
  it('is waited for, never made; then its spans are written once each, by conversation, over a restart', async () => {
    startReader();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await withAdmin((admin) => admin.listTopics())).not.toContain(topic);
    await createTopics([{ topic, numPartitions: 3, replicationFactor: 1 }]);
    const before = [...spansOf('a', 4), ...spansOf('b', 3)];
    await write([protobufRequest(before.slice(0, 3)), json(before.slice(3, 5)), protobufRequest(before.slice(5))]);
    await untilWritten(before.length);
    await reader?.stop();

    const after = [...spansOf('a', 5), ...spansOf('c', 2)];
    await write([json(after.slice(0, 4)), protobufRequest(after.slice(4))]);
    startReader();
    const records = await untilWritten(before.length + after.length);

    const ids = records.map(({ value }) => (JSON.parse(String(value)) as Interaction).interactionId);
    expect(ids.sort()).toEqual([...before, ...after].map(({ traceId, spanId }) => `${traceId}-${spanId}`).sort());
    for (const { key, partition, headers, value } of records) {
      expect(partition).toBe(partitionOfKey(key ?? '', topics.interactions.partitions));
      expect(headers['ce_type']).toBe('ratchet.interaction.completed');
      expect((JSON.parse(String(value)) as Interaction).conversationId).toBe(key);
    }
  });

  it('stops the reader alone where it deleted records that were not read, and says what to do', async () => {
    const lost = uniqueName('itest-otlp-lost');
    const said: string[] = [];
    const logger = { ...Logger.silent(), info: () => undefined, warn: () => undefined, error: (_message: string, fields?: object) => said.push(JSON.stringify(fields)) } as unknown as Logger;
    await createTopics([{ topic: lost, numPartitions: 3, replicationFactor: 1 }]);
    await write([json(spansOf('f', 1))], lost);
    startReader(lost);
    await untilRead(lost);
    await reader?.stop();
    await write([json(spansOf('f', 1)), json(spansOf('f', 1)), json(spansOf('f', 1))], lost);
    await withAdmin(async (admin) => {
      // kafkajs looks up the partition's leader only among the topics that it has asked for before.
      await admin.fetchTopicOffsets(lost);
      await admin.deleteTopicRecords({ topic: lost, partitions: [{ partition: 0, offset: '-1' }] });
    });
    startReader(lost, logger);
    await eventually(() => expect(said.join()).toMatch(/kafka-consumer-groups --reset-offsets.*position_out_of_range/u), { withinMs: 60_000 });
    expect(await metrics.registry.getSingleMetricAsString('ratchet_gateway_spans_reader_up')).toMatch(/ 0$/u);
    await withAdmin((admin) => admin.deleteTopics({ topics: [lost, deadLetterTopicOf(lost, 'gateway')] }));
  });

  it('loses nothing that cannot be read', async () => {
    startReader();
    const good = spansOf('d', 2);
    const [first] = good;
    const half = { ...spansOf('e', 1)[0], startTimeUnixNano: '0' } as TestSpan;
    const bad = [Buffer.from('no spans'), '{"resourceSpans":7}', null, json([...good, half])];
    await write([...bad, Buffer.alloc(0)]);
    const letters = await eventually(async () => {
      const found = await readAll(deadLetterTopicOf(topic, 'gateway'));
      expect(found).toHaveLength(bad.length);
      return found;
    }, { withinMs: 60_000, everyMs: 300 });
    expect(letters.map(({ headers, value }) => [headers['ratchet_dlq_code'], value?.toString() ?? null]).sort()).toEqual(
      [['not_otlp', 'no spans'], ['not_otlp', '{"resourceSpans":7}'], ['null_value', null], ['bad_spans', json([...good, half])]].sort(),
    );
    const records = (await written()).filter(({ key }) => key === `${run}-d`);
    expect(records.map(({ headers }) => headers['ce_id'])).toContain(`${first?.traceId}-${first?.spanId}`);
    expect(records).toHaveLength(2);
  });
});
