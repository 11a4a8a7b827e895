// A process for the integration tests to kill: it numbers the records of a topic and adds up the last of them, exactly once.
// It runs the built library, so build it first. Usage: node moving-sum.worker.mjs '{"brokers":[...],"topic":...,"output":...,"groupId":...,"pauseMs":...,"reach":...}'
import { Logger } from '@ratchet/observability';
import { createKafka, ExactlyOnceProcessor } from '../dist/index.js';
import { MovingSum } from './moving-sum.mjs';

const { brokers, topic, output, groupId, pauseMs = 0, reach = 20 } = JSON.parse(process.argv[2]);
const logger = Logger.create({ service: groupId });
const sleeper = new Int32Array(new SharedArrayBuffer(4));

const processor = new ExactlyOnceProcessor({
  kafka: createKafka({ brokers, clientId: groupId }, logger),
  groupId,
  topic,
  logger,
  // The shortest that brokers allow by default: tests wait for it after each kill.
  sessionTimeoutMs: 6_000,
  fetchWaitMs: 20,
  fetchBytesMin: 1,
  // So small that a restore takes many batches, and a rebalance can meet it in the middle.
  batchBytesMax: 1_000,
  createTask: ({ partition, resume }) => {
    const state = new MovingSum(reach, resume);
    return {
      process: (record) => {
        // Holds the thread, so that a signal meets a batch half done.
        if (pauseMs > 0) Atomics.wait(sleeper, 0, 0, pauseMs);
        return [{ topic: output, key: record.key, value: JSON.stringify(state.apply(record)), headers: { worker: String(process.pid) } }];
      },
      endBatch: ({ first, last }) => {
        process.stdout.write(`batch ${partition}: ${first} ${last}\n`);
        return [];
      },
      endReplay: () => undefined,
      resumePoint: (position) => state.resumePoint(position),
      clockRecord: () => undefined,
    };
  },
  onFatal: (error) => {
    process.stdout.write(`fatal ${error.code}: ${error.message}\n`);
    process.exit(3);
  },
  onAssigned: (places = []) => process.stdout.write(`assigned ${places.map(({ partition }) => partition).sort().join(' ')}\n`),
  onRestored: ({ partition, records }) => process.stdout.write(`restored ${partition} by ${records}\n`),
  onCommitted: ({ records }) => process.stdout.write(`committed ${records}\n`),
});
await processor.start();
process.stdout.write('started\n');
process.on('SIGTERM', () => void processor.stop().then(() => process.exit(0)));
