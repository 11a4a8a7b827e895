// CPU microseconds per record of everything that the signal-detector does between the Kafka client's two sides, whole and by part.
// Usage: node bench/detection-speed.mjs [records]     (build the detector and its libraries first)
import { decodeMessage } from '@ratchet/contracts';
import { ConversationTracker, signalsConfigSchema } from '@ratchet/signals';
import { ConversationTask } from '../dist/conversation-task.js';
import { trafficOf } from './traffic.mjs';

const BATCH = 1_000;
const batches = Math.max(1, Math.round(Number(process.argv[2] ?? 200_000) / BATCH));
const warmUp = Math.max(1, Math.floor(batches / 4));

/** CPU microseconds a record of `work` over all batches but the first; making the batches is not counted. */
const measure = (work) => {
  const traffic = trafficOf({ batch: BATCH });
  let micros = 0;
  for (let i = 0; i < warmUp + batches; i += 1) {
    const records = traffic.next().value;
    const before = process.cpuUsage();
    work(records);
    const { user, system } = process.cpuUsage(before);
    if (i >= warmUp) micros += user + system;
  }
  return micros / (batches * BATCH);
};

const nothing = () => undefined;
const detection = signalsConfigSchema.parse({});
const newTask = () => new ConversationTask({ partition: 0, partitions: 1, detection, position: 0n, resume: undefined });

const wholeOf = () => {
  const task = newTask();
  let produced = 0;
  let bytes = 0;
  const micros = measure((records) => {
    for (const record of records) {
      for (const { value } of task.process(record)) {
        produced += 1;
        bytes += value.length;
      }
    }
    task.endBatch({ first: records[0].offset, last: records.at(-1).offset });
    task.resumePoint(records.at(-1).offset + 1n);
  });
  return { micros, produced, bytes, open: task.openConversations };
};
const parse = () => measure((records) => {
  for (const { value } of records) JSON.parse(value.toString('utf8'));
});
const decode = () => measure((records) => {
  for (const record of records) decodeMessage(record, record.topic);
});
const track = () => {
  const tracker = new ConversationTracker({ config: detection });
  let tracked = 0;
  // Decoding is timed with it, and taken off by the caller.
  return measure((records) => {
    for (const record of records) {
      const { event } = decodeMessage(record, record.topic);
      tracked += tracker.apply({ event, eventId: event.id, offset: record.offset, timeMs: Math.min(Date.parse(event.time), record.timestampMs) }).length;
    }
    tracker.drainVitals({ partition: 0, fromOffset: records[0].offset, toOffset: records.at(-1).offset });
  });
};

const shown = (micros) => `${micros.toFixed(2)} µs`;
const total = wholeOf();
const parsed = parse();
const decoded = decode();
const tracked = track();
console.log(`${batches * BATCH} records, ${total.produced} events out (${(total.produced / ((warmUp + batches) * BATCH)).toFixed(2)} a record), ${total.open} conversations open at the end`);
console.log(`whole, per record: ${shown(total.micros)}`);
console.log(`  text and JSON.parse: ${shown(parsed)}; beyond these: ${shown(total.micros - parsed)}`);
console.log(`  envelope and schema: ${shown(decoded - parsed)}`);
console.log(`  conversations, detectors, counts: ${shown(tracked - decoded)}`);
console.log(`  encoding what goes out: ${shown(total.micros - tracked)}`);
