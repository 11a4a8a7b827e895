// node kafkajs-transact.mjs BROKERS TOPIC OUTPUT RECORDS: reads, and for each thousand records of a batch writes a tenth of them and commits the
// position with metadata in one transaction, with kafkajs; the last line is JSON.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

const TRANSACTION_RECORDS = 1_000;
const ONE_IN = 10;
const [brokers, topic, output, records] = process.argv.slice(2);
// As in the peer's script: after a commit the coordinator is busy for a moment.
const kafka = new kafkajs.Kafka({ clientId: 'transact', brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING, retry: { initialRetryTime: 10, retries: 20 } });
const groupId = `transact-${randomUUID()}`;
const consumer = kafka.consumer({ groupId, minBytes: 65_536, maxWaitTimeInMs: 150 });
const producer = kafka.producer({ idempotent: true, transactionalId: groupId, maxInFlightRequests: 1 });
let first;
let read = 0;

const commit = async (messages, partition) => {
  const transaction = await producer.transaction();
  const out = messages.filter((_, i) => i % ONE_IN === 0).map(({ key, value }) => ({ key, value: JSON.stringify(JSON.parse(value.toString())) }));
  await transaction.send({ topic: output, acks: -1, messages: out });
  const offset = String(BigInt(messages.at(-1).offset) + 1n);
  await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition, offset, metadata: 'as our positions have it' }] }] });
  await transaction.commit();
};

const finish = () => {
  const seconds = (performance.now() - first.atMs) / 1_000;
  const { user, system } = process.cpuUsage(first.cpu);
  const counted = read - first.read;
  process.stdout.write(`${JSON.stringify({ records: counted, seconds, recordsPerSecond: counted / seconds, cpuSecondsPerMillion: (user + system) / counted, rssMb: process.memoryUsage.rss() / 2 ** 20 })}\n`, () => process.exit(0));
};

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch: { messages, partition } }) => {
    for (let at = 0; at < messages.length; at += TRANSACTION_RECORDS) {
      const part = messages.slice(at, at + TRANSACTION_RECORDS);
      await commit(part, partition);
      read += part.length;
      first ??= { atMs: performance.now(), cpu: process.cpuUsage(), read };
      if (read + TRANSACTION_RECORDS > Number(records)) finish();
    }
  },
});
