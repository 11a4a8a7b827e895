import type { ConsumedRecord, ProducedRecord } from '@ratchet/kafka';

/** A record that a service could not take, as its dead-letter topic keeps it. */
export interface DeadLetter {
  readonly record: ConsumedRecord;
  /** Where the record came from. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly service: string;
  readonly code: string;
  readonly message: string;
  readonly time: string;
}

const TOPIC = /^(?<topic>.+\.v\d+)\.(?<service>[a-z0-9-]+)\.dlq$/;
const OWN_HEADERS = 'ratchet_dlq_';

/** The topic and service that a dead-letter topic is of; undefined for other topics. */
export const parseDeadLetterTopic = (name: string): { topic: string; service: string } | undefined => {
  const { topic, service } = TOPIC.exec(name)?.groups ?? {};
  return topic !== undefined && service !== undefined ? { topic, service } : undefined;
};

const header = ({ headers }: ConsumedRecord, name: string): string | undefined => {
  const value = headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first?.toString();
};

/** Reads a record of a dead-letter topic; undefined for other records. What its headers lack, the topic's name tells. */
export const toDeadLetter = (record: ConsumedRecord): DeadLetter | undefined => {
  const source = parseDeadLetterTopic(record.topic);
  if (!source) return undefined;
  return {
    record,
    topic: source.topic,
    partition: Number(header(record, 'ratchet_dlq_partition') ?? -1),
    offset: header(record, 'ratchet_dlq_offset') ?? '',
    service: source.service,
    code: header(record, 'ratchet_dlq_code') ?? 'unknown',
    message: header(record, 'ratchet_dlq_message') ?? '',
    time: header(record, 'ratchet_dlq_time') ?? new Date(record.timestampMs).toISOString(),
  };
};

/** Where a letter's record stood; the letter's own place where its headers do not say. */
export const originOf = ({ topic, partition, offset, record }: DeadLetter): string =>
  offset === '' ? `${record.topic}/${record.partition}@${record.offset}` : `${topic}/${partition}@${offset}`;

/** The same for letters that are copies of each other: a service that was killed in between may set one record aside twice. */
export const copyOf = (letter: DeadLetter): string => `${letter.service} ${originOf(letter)}`;

/** The record as it was: the original bytes and headers, for the topic it came from. */
export const originalOf = ({ record, topic, partition }: DeadLetter): ProducedRecord => ({
  topic,
  key: record.key,
  value: record.value,
  headers: Object.fromEntries(Object.entries(record.headers ?? {}).filter(([name]) => !name.startsWith(OWN_HEADERS))),
  // A key finds its partition by itself, even after the topic was made anew with more of them.
  ...(record.key === null && partition >= 0 && { partition }),
});

/** Text that cannot move a terminal's cursor, at most `charsMax` long. */
export const printable = (value: Buffer | null, charsMax: number): string => {
  if (value === null) return '(no value)';
  // Four bytes make at most one character less than they are.
  const text = value.subarray(0, charsMax * 4).toString('utf8');
  const cut = text.length > charsMax || value.length > charsMax * 4;
  const escaped = text.slice(0, charsMax).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return cut ? `${escaped}… (${value.length} bytes)` : escaped;
};
