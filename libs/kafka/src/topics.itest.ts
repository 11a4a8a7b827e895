import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicSpec } from '@ratchet/contracts';
import { Logger } from '@ratchet/observability';
import { createTopics, eventually, kafkaBrokers, testKafka, uniqueName } from '@ratchet/testing';
import type { Admin } from 'kafkajs';
import { createKafka } from './connection.js';
import { EventProducer } from './event-producer.js';
import { TopicTable } from './topic-table.js';
import { ensureTopics } from './topics.js';

const logger = Logger.silent();
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, logger);
const prefix = uniqueName('itest');
const spec = (name: string, extra: Partial<TopicSpec> = {}): TopicSpec => ({
  name: `${prefix}.${name}`, key: 'k', events: [], partitions: 2, cleanup: 'delete', retentionMs: 3_600_000, timestamps: 'LogAppendTime', producers: [], consumers: ['reader', 'other'], ...extra,
});
const catalogue = [spec('plain'), spec('table', { cleanup: 'compact', retentionMs: -1, partitions: 1, timestamps: 'CreateTime' })];
let admin: Admin;

const described = async (): Promise<Record<string, number>> => {
  const { topics } = await admin.fetchTopicMetadata();
  return Object.fromEntries(topics.filter(({ name }) => name.startsWith(prefix)).map(({ name, partitions }) => [name.slice(prefix.length + 1), partitions.length]));
};

beforeAll(async () => {
  admin = testKafka().admin();
  await admin.connect();
});
afterAll(async () => {
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((name) => name.startsWith(prefix)) });
  await admin.disconnect();
});

describe('ensureTopics', () => {
  it('makes each topic once, with its settings and dead letters, when several services start at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => ensureTopics(kafka, { catalogue, replicationFactor: 1, services: ['reader'] })));
    expect(await described()).toEqual({ plain: 2, table: 1, 'plain.reader.dlq': 1, 'table.reader.dlq': 1 });
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: `${prefix}.table` }, { type: 2, name: `${prefix}.plain` }] });
    const settings = (index: number): Record<string, string> => Object.fromEntries(resources[index]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? []);
    expect(settings(0)).toMatchObject({ 'cleanup.policy': 'compact', 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' });
    expect(settings(1)).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '3600000', 'message.timestamp.type': 'LogAppendTime' });
  });

  it('adds what is missing and leaves what exists as it is', async () => {
    const grown = [spec('plain', { partitions: 9 }), spec('new')];
    await ensureTopics(kafka, { catalogue: grown, replicationFactor: 1, services: ['other'] });
    expect(await described()).toEqual({ plain: 2, table: 1, new: 2, 'plain.reader.dlq': 1, 'table.reader.dlq': 1, 'plain.other.dlq': 1, 'new.other.dlq': 1 });
  });
});

describe('dead-letter topics', () => {
  it('take whatever their topic takes, with room for the reason', async () => {
    const large = spec('large');
    await createTopics([{ topic: large.name, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '9000000' }] }]);
    await ensureTopics(kafka, { catalogue: [spec('usual'), large], replicationFactor: 1, services: ['reader'] });
    const names = [`${large.name}.reader.dlq`, `${prefix}.usual.reader.dlq`];
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: names.map((name) => ({ type: 2, name, configNames: ['max.message.bytes'] })) });
    expect(resources.map(({ configEntries }) => Number(configEntries[0]?.configValue))).toEqual([9_000_000 + 1_048_576, 1_048_588 + 1_048_576]);
  });
});

describe('TopicTable', () => {
  const read = async (topic: string): Promise<{ table: TopicTable; values: Map<string, string> }> => {
    const values = new Map<string, string>();
    const table = new TopicTable({ kafka, topics: [topic], logger, onRecord: ({ key, value }) => values.set(String(key), String(value)) });
    await table.start();
    return { table, values };
  };

  it('holds all that was there when it has started, and follows what comes', async () => {
    const producer = new EventProducer(kafka);
    const topic = `${prefix}.table`;
    await producer.sendRecords(Array.from({ length: 300 }, (_, i) => ({ topic, key: `k${i % 10}`, value: String(i), headers: {} })));
    const { table, values } = await read(topic);
    expect(Object.fromEntries(values)).toEqual(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, String(290 + i)])));
    await producer.sendRecords([{ topic, key: 'k3', value: 'later', headers: {} }]);
    await eventually(() => expect(values.get('k3')).toBe('later'));
    await table.stop();
    await producer.close();
  });

  it('starts at once on an empty topic', async () => {
    const { table, values } = await read(`${prefix}.new`);
    expect(values.size).toBe(0);
    await table.stop();
  });

  it('is complete where the topic ends with the mark of a transaction, or with records of an aborted one', async () => {
    const topic = `${prefix}.plain`;
    const producer = testKafka().producer({ transactionalId: uniqueName('itest'), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [value, commit] of [['kept', true], ['dropped', false]] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: 'a', value, partition: 0 }, { key: 'b', value, partition: 1 }] });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    const { table, values } = await read(topic);
    expect(Object.fromEntries(values)).toEqual({ a: 'kept', b: 'kept' });
    await table.stop();
  });
});
