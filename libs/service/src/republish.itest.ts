// A topic that was ever written to is not taken for a lost one, on a real Kafka and a real PostgreSQL.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createKafka } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, createTestTopics, kafkaBrokers, testKafka, uniqueName, withAdmin } from '@ratchet/testing';
import type { TestDatabase, TestTopics } from '@ratchet/testing';
import { republishLost } from './republish.js';
import type { Republisher } from './republish.js';

let server: TestDatabase;
let database: Database;
let topics: TestTopics<'empty' | 'written' | 'deleted'>;

beforeAll(async () => {
  server = await createTestDatabase('republish');
  database = new Database({ url: server.url, service: uniqueName('itest'), migrations: [] });
  await database.start();
  topics = await createTestTopics({ empty: 2, written: 2, deleted: 1 });
  const producer = testKafka().producer();
  await producer.connect();
  for (const topic of [topics.names.written, topics.names.deleted]) await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] });
  await producer.disconnect();
  await withAdmin(async (admin) => {
    // Its leader must be known to the client first.
    await admin.fetchTopicOffsets(topics.names.deleted);
    await admin.deleteTopicRecords({ topic: topics.names.deleted, partitions: [{ partition: 0, offset: '1' }] });
  });
});
afterAll(async () => {
  await topics?.drop();
  await database?.stop();
  await server?.drop();
});

it('publishes again what a topic without an end held, and nothing of one that had records, be they gone by now', async () => {
  const asked: string[] = [];
  const republisherOf = (topic: string): Republisher => ({ topic, republish: async () => asked.push(topic) });
  const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'itest' }, Logger.silent());
  await republishLost({ kafka, database, republishers: Object.values(topics.names).map(republisherOf), logger: Logger.silent() });
  expect(asked).toEqual([topics.names.empty]);
});
