// Goal: a service is ready while what it needs answers, is not while one of it is away, and is again by itself. Method: the health page of a
// small service whose PostgreSQL and Kafka are reached through doors that the test shuts and opens.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BatchConsumer, createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, createTestTopics, eventually, kafkaBrokers, startTcpProxy, uniqueName } from '@ratchet/testing';
import type { TcpProxy, TestDatabase, TestTopics } from '@ratchet/testing';
import { ConsumerState } from './consumer-state.js';
import { PlatformModule } from './platform.module.js';
import { needsBroker, needsDatabase, needsGroup, Readiness } from './readiness.js';

const logger = Logger.silent();
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'readiness' }, logger);
const producer = new EventProducer(kafka);
const metrics = new Metrics();
const consumer = new ConsumerState(metrics);
let server: TestDatabase;
let database: Database;
let doors: { readonly database: TcpProxy; readonly kafka: TcpProxy };
let topics: TestTopics<'input'>;
let batches: BatchConsumer;
let app: NestFastifyApplication;

beforeAll(async () => {
  server = await createTestDatabase('readiness');
  topics = await createTestTopics({ input: 2 });
  const url = new URL(server.url);
  const [broker = ''] = kafkaBrokers();
  const kafkaUrl = new URL(`kafka://${broker}`);
  doors = { database: await startTcpProxy({ host: url.hostname, port: Number(url.port) }), kafka: await startTcpProxy({ host: kafkaUrl.hostname, port: Number(kafkaUrl.port) }) };
  database = new Database({ url: Object.assign(url, { hostname: '127.0.0.1', port: String(doors.database.port) }).href, service: 'readiness', migrations: [] });
  await database.start();
  const readiness = new Readiness();
  readiness.require(needsDatabase(database), needsBroker({ brokers: [`127.0.0.1:${doors.kafka.port}`] }), needsGroup(consumer));
  const root = { module: class Root {}, imports: [PlatformModule.with({ config: {}, logger, metrics, kafka, producer, database, readiness, consumer })] };
  app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false });
  await app.init();
  batches = new BatchConsumer({ kafka, groupId: uniqueName('readiness'), topics: [topics.names.input], logger, onBatch: async () => undefined, onAssigned: (places) => consumer.noteAssigned(places), onCommitted: ({ lag, ...place }) => consumer.noteLag(place, lag) });
});
afterAll(async () => {
  await app?.close();
  await batches?.stop();
  await producer.close();
  await database?.stop();
  await Promise.all([doors?.database.close(), doors?.kafka.close(), server?.drop(), topics?.drop()]);
});

const health = async (): Promise<{ code: number; status: string; consumer: unknown }> => {
  const { statusCode: code, ...response } = await app.inject({ url: '/health/ready' });
  return { code, ...response.json() };
};
const readyMetric = async (): Promise<string | undefined> => (await app.inject({ url: '/metrics' })).body.match(/^ratchet_ready .*/m)?.[0];

describe('readiness', () => {
  it('waits for the group, and then tells how far the service is', async () => {
    expect(await health()).toMatchObject({ code: 503, status: 'it is not a member of its consumer group', consumer: { isMember: false } });
    await batches.start();
    await eventually(async () => expect(await health()).toMatchObject({ code: 200, status: 'ready', consumer: { isMember: true, partitions: 2 } }), { withinMs: 30_000 });
    await producer.sendRecords([{ topic: topics.names.input, key: 'k', value: 'v', headers: {} }]);
    await eventually(async () => expect((await app.inject({ url: '/metrics' })).body).toMatch(/ratchet_consumer_lag_records\{.*\} 0/));
  });

  it.each([
    ['database', 'the database does not answer'],
    ['kafka', 'no broker answers'],
  ] as const)('goes while the %s is away, and comes back with it', async (away, status) => {
    await doors[away].cut();
    expect(await health()).toMatchObject({ code: 503, status });
    expect(await readyMetric()).toBe('ratchet_ready 0');
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
    await doors[away].restore();
    await eventually(async () => expect(await health()).toMatchObject({ code: 200, status: 'ready' }), { withinMs: 20_000 });
    expect(await readyMetric()).toBe('ratchet_ready 1');
  });

  it('names all that is away', async () => {
    await Promise.all([doors.database.cut(), doors.kafka.cut()]);
    expect(await health()).toMatchObject({ code: 503, status: 'the database does not answer; no broker answers' });
    await Promise.all([doors.database.restore(), doors.kafka.restore()]);
  });

  it('goes when the service leaves its group', async () => {
    await eventually(async () => expect((await health()).code).toBe(200), { withinMs: 20_000 });
    consumer.noteAssigned(undefined);
    expect(await health()).toMatchObject({ code: 503, status: 'it is not a member of its consumer group' });
  });
});
