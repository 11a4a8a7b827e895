// Writes generated traffic in large batches; generation and writing are no part of any result.
import { INTERACTIONS } from '../shared/cluster.mjs';

const BATCH_RECORDS = 5_000;

/** Writes `count` records of the generator; gives how many, their bytes and the event time that they cover. */
export const load = async (kafka, { records, count }) => {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  let batch = [];
  let sent = 0;
  let valueBytes = 0;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  let sending = Promise.resolve();
  const flush = async () => {
    // One request at a time keeps each conversation in order; the next batch is generated meanwhile.
    await sending;
    const messages = batch;
    batch = [];
    sending = producer.send({ topic: INTERACTIONS, acks: -1, messages });
  };
  for (const { key, value, headers, timeMs } of records) {
    if (sent >= count) break;
    batch.push({ key, value, headers });
    sent += 1;
    valueBytes += value.length;
    firstMs = Math.min(firstMs, timeMs);
    lastMs = Math.max(lastMs, timeMs);
    if (batch.length >= BATCH_RECORDS) await flush();
  }
  if (batch.length > 0) await flush();
  await sending;
  await producer.disconnect();
  return { records: sent, valueBytesMean: Math.round(valueBytes / sent), eventSeconds: Math.round((lastMs - firstMs) / 1_000) };
};
