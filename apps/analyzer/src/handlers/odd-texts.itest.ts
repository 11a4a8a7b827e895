// Failures and late evidence from the topic to the tables, with characters that PostgreSQL does not take in every text of a person or model.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { deadLetterTopicOf, encodeEvent, topics } from '@ratchet/contracts';
import type { ServiceContract } from '@ratchet/contracts';
import { interactionFailed, signalDetected } from '@ratchet/domain';
import type { InteractionFailed, SignalDetected } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { DatabaseConsumerStrategy, PlatformModule } from '@ratchet/service';
import { createTestDatabase, eventually, kafkaBrokers, readAll, uniqueName, withAdmin } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { loadFailures } from '../persistence/failure.repository.js';
import { migrations } from '../persistence/migrations.js';
import { SignalsHandlers } from './signals.handlers.js';

const ODD = 'zero \0, half \ud800';
const STORED = 'zero \uFFFD, half \uFFFD';
const service = uniqueName('analyzer');
const contract: ServiceContract = { service, consumes: [interactionFailed, signalDetected], produces: [] };
const target = { model: uniqueName('model'), workload: 'default' };
const conversation = { conversationId: uniqueName('conversation'), interactionId: uniqueName('interaction') };
const logger = Logger.silent();
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: service }, logger);
const producer = new EventProducer(kafka);
const metrics = new Metrics();
let server: TestDatabase;
let database: Database;
let app: NestFastifyApplication;

@Module({ controllers: [SignalsHandlers] })
class HandlersModule {}

beforeAll(async () => {
  server = await createTestDatabase('analyzer');
  database = new Database({ url: server.url, service: 'analyzer', migrations });
  await database.start();
  await ensureTopics(kafka, { catalogue: [{ ...topics.signals, consumers: [service] }], replicationFactor: 1, services: [service] });
  const root = { module: class Root {}, imports: [PlatformModule.with({ config: {}, logger, metrics, kafka, producer, database }), HandlersModule] };
  app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: ['error', 'warn'] });
  app.connectMicroservice({ strategy: new DatabaseConsumerStrategy({ contract, kafka, database, producer, logger, metrics }) });
  await app.init();
  await app.startAllMicroservices();
});

afterAll(async () => {
  await app?.close();
  await producer.close();
  await database?.stop();
  await server?.drop();
  await withAdmin((admin) => admin.deleteTopics({ topics: [deadLetterTopicOf(topics.signals.name, service)] }));
});

const now = (): string => new Date().toISOString();
const signal = { name: 'thumbs_down' as const, strength: 0.9, evidence: { said: ODD, [ODD]: 1 } };
const failure = (): InteractionFailed => ({
  ...target, ...conversation, version: 'v1', query: ODD, response: ODD, probability: 0.9, severity: 0.9, signals: [signal], comment: ODD, correction: ODD, attributes: { [ODD]: ODD }, startedAt: now(), closedAt: now(),
});
const lateSignal = (): SignalDetected => ({ ...target, ...conversation, ...signal, version: 'v1', signalId: uniqueName('signal'), comment: ODD, correction: ODD, late: true, detectedAt: now() });

const envelope = { source: '/itest', time: now() };

it('stores failures and late evidence whose texts hold NUL and halves of surrogate pairs', async () => {
  const events = [
    { ...envelope, id: uniqueName('event'), type: signalDetected.type, data: signalDetected.schema.parse(lateSignal()) },
    { ...envelope, id: uniqueName('event'), type: interactionFailed.type, data: interactionFailed.schema.parse(failure()) },
  ];
  await producer.sendRecords(events.map(encodeEvent));
  const failures = await eventually(async () => {
    const found = (await loadFailures(database, { ...target, failuresMax: 10, windowDays: 30 })).failures;
    expect(found).toHaveLength(1);
    return found;
  }, { withinMs: 40_000 });
  const evidence = { said: STORED, [STORED]: 1 };
  expect(failures[0]).toMatchObject({
    query: STORED, response: STORED, comments: [STORED, STORED], correction: STORED, attributes: { [STORED]: STORED }, signals: [{ evidence }, { evidence }],
  });
  const letters = await readAll(deadLetterTopicOf(topics.signals.name, service));
  expect(letters.filter(({ key }) => key === conversation.conversationId)).toEqual([]);
});
