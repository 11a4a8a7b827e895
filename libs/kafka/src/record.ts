import type { KafkaMessage } from 'kafkajs';
import type { EncodedEvent } from '@ratchet/contracts';

/** A record as consumed, with its place in the log. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: KafkaMessage['headers'];
}

/** A record to be written; `partition` is given only where the log's own partition must be met (clock events, replays). */
export type ProducedRecord = Omit<EncodedEvent, 'key' | 'value' | 'headers'> & {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: NonNullable<KafkaMessage['headers']>;
  readonly partition?: number;
};

export const toConsumedRecord = (topic: string, partition: number, message: KafkaMessage): ConsumedRecord => ({
  topic,
  partition,
  offset: BigInt(message.offset),
  timestampMs: Number(message.timestamp),
  key: message.key,
  value: message.value,
  headers: message.headers,
});

interface TopicMessages {
  readonly topic: string;
  readonly messages: Omit<ProducedRecord, 'topic'>[];
}

/** Brokers refuse a partition's part of a request above `message.max.bytes`, 1 MiB by default; the format's own bytes need some of it. */
const REQUEST_BYTES_MAX = 900_000;
/** Lengths, offset and timestamp of a record, rounded up. */
const RECORD_OVERHEAD_BYTES = 32;

const sizeOf = ({ key, value, headers }: ProducedRecord): number =>
  RECORD_OVERHEAD_BYTES +
  Buffer.byteLength(key ?? '') +
  Buffer.byteLength(value ?? '') +
  Object.entries(headers).reduce((sum, [name, content]) => sum + name.length + 4 + Buffer.byteLength(Array.isArray(content) ? content.join('') : (content ?? '')), 0);

/** Groups records by topic, in order, as kafkajs' sendBatch takes them; as many groups, to be sent one after the other, as a broker needs to accept them. */
export const inRequests = (records: readonly ProducedRecord[], bytesMax = REQUEST_BYTES_MAX): TopicMessages[][] => {
  const requests: Map<string, TopicMessages>[] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = sizeOf(record);
    if (bytes + size > bytesMax) {
      requests.push(new Map());
      bytes = 0;
    }
    bytes += size;
    const { topic, ...message } = record;
    const request = requests.at(-1);
    const group = request?.get(topic);
    if (group) group.messages.push(message);
    else request?.set(topic, { topic, messages: [message] });
  }
  return requests.map((request) => [...request.values()]);
};
