// node bare-reader.mjs BROKERS TOPIC RECORDS: the limit. Reads the topic with kafkajs alone and parses every value; the last line is JSON.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

const [brokers, topic, records] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ clientId: 'bare-reader', brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
// As the signal-detector fetches: the same bytes and waits, three partitions at a time.
const consumer = kafka.consumer({ groupId: `bare-reader-${randomUUID()}`, minBytes: 65_536, maxWaitTimeInMs: 150 });
let first;
let read = 0;
let conversations = 0;

const finish = () => {
  const seconds = (performance.now() - first.atMs) / 1_000;
  const { user, system } = process.cpuUsage(first.cpu);
  const counted = read - first.read;
  const result = { records: counted, seconds, recordsPerSecond: counted / seconds, cpuSecondsPerMillion: (user + system) / counted, rssMb: process.memoryUsage.rss() / 2 ** 20, conversations };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
};

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  eachBatch: async ({ batch }) => {
    // The use of a field keeps the parsing from being optimized away.
    for (const { value } of batch.messages) if (JSON.parse(value.toString()).conversationId !== undefined) conversations += 1;
    read += batch.messages.length;
    // The first batch starts the time, as the first commit does for the others.
    first ??= { atMs: performance.now(), cpu: process.cpuUsage(), read };
    if (read >= Number(records)) finish();
  },
});
