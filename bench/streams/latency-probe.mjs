// node latency-probe.mjs BROKERS RATE SECONDS SEED: sends traffic at a steady rate and waits for the signals that it causes, in one process and so
// by one clock. The last line is JSON, times in milliseconds.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { quantile } from '../shared/report.mjs';
import { traffic } from './traffic.mjs';

const TICK_MS = 10;
/** A partition's part of a request must stay below 1 MB, even when the sender has fallen behind. */
const REQUEST_RECORDS_MAX = 1_500;
const WARM_UP_MS = 5_000;
/** Generating goes before sending, and may take this long. */
const START_IN_MS = 12_000;
/** Of event time before the run, whose records are left out: the rate is then steady from the first second on. */
const RAMP_UP_MS = 20_000;
/** Short, so that the second turns, which give evidence, come within the run. */
const PAUSE_MS = 3_000;
const LAST_SIGNALS_MS = 3_000;
const [brokers, rate, seconds, seed] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ clientId: 'latency-probe', brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
const nowMs = () => performance.timeOrigin + performance.now();

const generate = () => {
  const startMs = Date.now() + START_IN_MS;
  const records = [];
  const untilMs = startMs + Number(seconds) * 1_000;
  for (const record of traffic({ seed: Number(seed), startMs: startMs - RAMP_UP_MS, recordsPerSecond: Number(rate), pauseMs: PAUSE_MS, slotMs: TICK_MS, prefix: 'latency' })) {
    if (record.timeMs > untilMs) break;
    if (record.timeMs >= startMs) records.push(record);
  }
  if (Date.now() > startMs) throw new Error('generating took longer than planned: ask for fewer seconds');
  return { startMs, records };
};

const sentMs = new Map();
const seen = [];

const watchSignals = async () => {
  const consumer = kafka.consumer({ groupId: `latency-probe-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'ratchet.signals.v1', fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const atMs = nowMs();
      for (const { headers, timestamp } of batch.messages) {
        const from = sentMs.get(String(headers.ce_causationid));
        if (from !== undefined && String(headers.ce_type) === 'ratchet.signal.detected') seen.push({ sentMs: from, producedMs: Number(timestamp), atMs });
      }
    },
  });
};

/** What is due goes in one request; the next one waits for it, which keeps conversations in order. */
const send = async ({ startMs, records }) => {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const acknowledged = [];
  const behind = [];
  let next = 0;
  await sleep(Math.max(0, startMs - Date.now()));
  while (next < records.length) {
    const callMs = nowMs();
    const due = [];
    for (; next < records.length && records[next].timeMs <= callMs && due.length < REQUEST_RECORDS_MAX; next += 1) {
      const { key, value, headers, timeMs } = records[next];
      sentMs.set(headers.ce_id, callMs);
      behind.push(callMs - timeMs);
      due.push({ key, value, headers });
    }
    if (due.length > 0) {
      await producer.send({ topic: 'ratchet.interactions.v1', acks: -1, messages: due });
      acknowledged.push(nowMs() - callMs);
    }
    if (due.length < REQUEST_RECORDS_MAX) await sleep(Math.max(0, TICK_MS - (nowMs() - callMs)));
  }
  return { acknowledged, behind, seconds: (nowMs() - startMs) / 1_000 };
};

const spread = (values) => ({ p50: Math.round(quantile(values, 0.5)), p99: Math.round(quantile(values, 0.99)), max: Math.round(values.reduce((most, value) => Math.max(most, value), 0)) });

await watchSignals();
const generated = generate();
const sent = await send(generated);
await sleep(LAST_SIGNALS_MS);
const counted = seen.filter(({ sentMs: from }) => from >= generated.startMs + WARM_UP_MS);
const result = {
  records: generated.records.length,
  recordsPerSecond: Math.round(generated.records.length / sent.seconds),
  signals: counted.length,
  latency: spread(counted.map(({ sentMs: from, atMs }) => atMs - from)),
  // Until the detector hands its output to its producer: the evidence's own request, the wait for the fetch, the batch.
  untilProduced: spread(counted.map(({ sentMs: from, producedMs }) => producedMs - from)),
  // The transaction's requests, its commit, and the reader's fetch.
  untilSeen: spread(counted.map(({ producedMs, atMs }) => atMs - producedMs)),
  acknowledged: spread(sent.acknowledged),
  behindSchedule: spread(sent.behind),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
