// node transact.mjs BROKERS TOPIC OUTPUT RECORDS: reads, and for each thousand records writes a tenth of them and commits the positions in one
// transaction, with @platformatic/kafka; the last line is JSON.
import { randomUUID } from 'node:crypto';
import { Consumer, Producer } from '@platformatic/kafka';

const TRANSACTION_RECORDS = 1_000;
const ONE_IN = 10;
const [brokers, topic, output, records] = process.argv.slice(2);
// After a commit the coordinator is busy for a moment; the default of 1,000 ms before the next try would be all that is measured.
const base = { clientId: 'transact', bootstrapBrokers: brokers.split(','), retries: 100, retryDelay: 10 };
const groupId = `transact-${randomUUID()}`;
// A megabyte of a partition at once, as kafkajs does by default; with this client's own default of ten, garbage collection doubles its CPU time.
const consumer = new Consumer({ ...base, groupId, minBytes: 65_536, maxWaitTime: 150, autocommit: false, maxBytesPerPartition: 1_048_576, highWaterMark: 1_024 });
const producer = new Producer({ ...base, idempotent: true, transactionalId: groupId });
const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });

const commit = async (messages) => {
  const transaction = await producer.beginTransaction();
  await transaction.addConsumer(consumer);
  const out = messages.filter((_, i) => i % ONE_IN === 0).map(({ key, value }) => ({ topic: output, key, value: Buffer.from(JSON.stringify(JSON.parse(value.toString()))) }));
  await transaction.send({ messages: out, acks: -1 });
  const last = new Map(messages.map((message) => [message.partition, message]));
  for (const message of last.values()) await transaction.addOffset(message);
  await transaction.commit();
};

let first;
let read = 0;
let pending = [];
for await (const message of stream) {
  pending.push(message);
  if (pending.length < TRANSACTION_RECORDS) continue;
  await commit(pending);
  read += pending.length;
  pending = [];
  first ??= { atMs: performance.now(), cpu: process.cpuUsage(), read };
  if (read + TRANSACTION_RECORDS > Number(records)) break;
}
const seconds = (performance.now() - first.atMs) / 1_000;
const { user, system } = process.cpuUsage(first.cpu);
const counted = read - first.read;
process.stdout.write(`${JSON.stringify({ records: counted, seconds, recordsPerSecond: counted / seconds, cpuSecondsPerMillion: (user + system) / counted, rssMb: process.memoryUsage.rss() / 2 ** 20 })}\n`, () => process.exit(0));
