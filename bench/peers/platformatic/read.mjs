// node read.mjs BROKERS TOPIC RECORDS: bare reading and JSON.parse with @platformatic/kafka; the last line is JSON.
import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';

const [brokers, topic, records] = process.argv.slice(2);
// A megabyte of a partition at once, as kafkajs does by default; with this client's own default of ten, garbage collection doubles its CPU time.
const consumer = new Consumer({ groupId: `bare-reader-${randomUUID()}`, clientId: 'bare-reader', bootstrapBrokers: brokers.split(','), minBytes: 65_536, maxWaitTime: 150, autocommit: false, maxBytesPerPartition: 1_048_576, highWaterMark: 1_024 });
const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
/** About a fetch: the first one starts the time. */
const FIRST = 1_000;
let first;
let read = 0;
let conversations = 0;

stream.on('data', ({ value }) => {
  // As a reader of kafkajs' batches does it, one record after the other.
  if (JSON.parse(value.toString()).conversationId !== undefined) conversations += 1;
  read += 1;
  if (read === FIRST) first = { atMs: performance.now(), cpu: process.cpuUsage() };
  if (read === Number(records)) finish();
});

const finish = () => {
  const seconds = (performance.now() - first.atMs) / 1_000;
  const { user, system } = process.cpuUsage(first.cpu);
  const counted = read - FIRST;
  process.stdout.write(`${JSON.stringify({ records: counted, seconds, recordsPerSecond: counted / seconds, cpuSecondsPerMillion: (user + system) / counted, rssMb: process.memoryUsage.rss() / 2 ** 20, conversations })}\n`, () => process.exit(0));
};
