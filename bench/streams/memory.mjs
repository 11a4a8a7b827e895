// node --expose-gc memory.mjs CONVERSATIONS: memory per open conversation. The built task gets one interaction of each; the last line is JSON.
import { ConversationTask } from '../../apps/signal-detector/dist/conversation-task.js';
import { loadConfig } from '../../apps/signal-detector/dist/config.js';
import { traffic } from './traffic.mjs';

/** As much of a text as counts as kept text. */
const TEXT_BYTES_MAX = 4_096;
const conversations = Number(process.argv[2]);
const startMs = Date.parse('2026-01-01T00:00:00Z');

/** The limits of what stays open are raised by configuration, so that all of them do. */
const { DETECTION } = loadConfig({ KAFKA_BROKERS: 'none:1', DETECTION: JSON.stringify({ maxOpenConversations: conversations + 1, idleEndMs: 86_400_000, maxConversationMs: 172_800_000 }) });
const task = new ConversationTask({ partition: 0, partitions: 1, position: 0n, detection: DETECTION, resume: undefined, observer: { onDeadLetter: (_record, { code }) => { throw new Error(code); } } });

const held = () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { bytes: heapUsed + external, rss };
};

/** First turns of as many conversations: later records of theirs would not open another one. */
function* firstTurns() {
  const seen = new Set();
  for (const record of traffic({ startMs, recordsPerSecond: 2_000 })) {
    const { ce_type: type } = record.headers;
    if (type !== 'ratchet.interaction.completed' || seen.has(record.key)) continue;
    seen.add(record.key);
    yield record;
    if (seen.size >= conversations) return;
  }
}

const toConsumed = ({ key, value, headers, timeMs }, offset) => ({
  topic: 'ratchet.interactions.v1',
  partition: 0,
  offset: BigInt(offset),
  timestampMs: timeMs,
  key: Buffer.from(key),
  value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});

const textBytes = (value) => {
  const { input, output } = JSON.parse(value);
  return [input[0].content, output?.content ?? ''].reduce((sum, text) => sum + Math.min(TEXT_BYTES_MAX, Buffer.byteLength(text)), 0);
};

const feed = () => {
  let kept = 0;
  let offset = 0;
  for (const record of firstTurns()) {
    task.process(toConsumed(record, offset));
    kept += textBytes(record.value);
    offset += 1;
    // What a batch counts is not state.
    if (offset % 1_000 === 0) task.endBatch({ first: 0n, last: BigInt(offset) });
  }
  return kept;
};

const before = held();
const keptBytes = feed();
const after = held();
if (task.openConversations !== conversations) throw new Error(`${task.openConversations} conversations are open`);
const each = (bytes) => Math.round(bytes / conversations);
process.stdout.write(`${JSON.stringify({ conversations, bytesEach: each(after.bytes - before.bytes - keptBytes), textBytesEach: each(keptBytes), rssBytesEach: each(after.rss - before.rss), rssMb: Math.round(after.rss / 2 ** 20) })}\n`);
