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

/** Groups records by topic, in order, as kafkajs' sendBatch takes them. */
export const byTopic = (records: readonly ProducedRecord[]): { topic: string; messages: Omit<ProducedRecord, 'topic'>[] }[] => {
  const groups = new Map<string, Omit<ProducedRecord, 'topic'>[]>();
  for (const { topic, ...message } of records) {
    const group = groups.get(topic);
    if (group) group.push(message);
    else groups.set(topic, [message]);
  }
  return [...groups].map(([topic, messages]) => ({ topic, messages }));
};
