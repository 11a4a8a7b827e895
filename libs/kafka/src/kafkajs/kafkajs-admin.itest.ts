import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { createTestTopics, eventually, kafkaBrokers, uniqueName, withAdmin as withOtherEyes } from '@ratchet/testing';
import type { TestTopics } from '@ratchet/testing';
import { withAdmin } from '../client/with-admin.js';
import { createKafka } from '../connection.js';
import { EventProducer } from '../event-producer.js';

const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'admin-itest' }, Logger.silent());
const groupId = uniqueName('itest-group');
let topics: TestTopics<'kept' | 'gone'>;

beforeAll(async () => {
  topics = await createTestTopics({ kept: 1, gone: 1 });
});
afterAll(async () => {
  await withAdmin(kafka, (admin) => admin.deleteGroup(groupId));
  await withOtherEyes((admin) => admin.deleteTopics({ topics: [topics.names.kept] }));
});

describe('positions by time, and topics that go', () => {
  it('finds the first record that is not older, and the end where there is none', async () => {
    const producer = new EventProducer(kafka);
    const send = async (): Promise<void> => producer.sendRecords([{ topic: topics.names.kept, key: null, value: Buffer.from('x'), headers: {} }]);
    await send();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const betweenMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await send();
    await producer.close();
    await withAdmin(kafka, async (admin) => {
      expect(await admin.offsetsAt(topics.names.kept, 0)).toEqual([{ partition: 0, offset: 0n }]);
      expect(await admin.offsetsAt(topics.names.kept, betweenMs)).toEqual([{ partition: 0, offset: 1n }]);
      expect(await admin.offsetsAt(topics.names.kept, Date.now() + 60_000)).toEqual([{ partition: 0, offset: 2n }]);
    });
  });

  it('sets the positions of a group without members, in several topics', async () => {
    await withAdmin(kafka, async (admin) => {
      const wanted = [topics.names.gone, topics.names.kept].map((topic, index) => ({ topic, partition: 0, offset: BigInt(index) }));
      await admin.setPositions(groupId, wanted);
      expect((await admin.positions(groupId)).map(({ topic, partition, offset }) => ({ topic, partition, offset })).sort((a, b) => Number(a.offset - b.offset))).toEqual(wanted);
    });
  });

  it('deletes topics with the positions of groups in them', async () => {
    await withAdmin(kafka, async (admin) => {
      await admin.deleteTopics([]);
      await admin.deleteTopics([topics.names.gone]);
      await eventually(async () => expect(await admin.topicNames()).not.toContain(topics.names.gone));
      await eventually(async () => expect((await admin.positions(groupId)).map(({ topic }) => topic)).toEqual([topics.names.kept]));
    });
  });
});
