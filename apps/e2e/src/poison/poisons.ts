import { randomBytes } from 'node:crypto';
import { encodeEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { IHeaders } from 'kafkajs';

/** A record as its bytes are to stand in the log. */
export interface RawRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

export interface Poison {
  readonly kind: string;
  /** With which it is put aside; undefined where the record is taken. */
  readonly code: string | undefined;
  readonly record: RawRecord;
}

export const rawOf = (event: EventEnvelope): RawRecord => {
  const { key, value, headers } = encodeEvent(event);
  return { key, value: Buffer.from(value), headers };
};

const LONG_BYTES = 6_000;
const FIVE_MEGABYTES = 5 * 1_024 * 1_024;
const notUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);

/** Every way in which a record can be unreadable; `good` makes an event of the topic, whose parts are then spoilt. */
export const poisonsOf = (good: () => EventEnvelope, { isCompacted }: { isCompacted: boolean }): Poison[] => {
  const spoil = (change: Partial<RawRecord>, headers: IHeaders = {}): RawRecord => {
    const record = rawOf(good());
    return { ...record, ...change, headers: { ...record.headers, ...headers } };
  };
  return [
    { kind: 'a value that is not UTF-8', code: 'not_utf8', record: spoil({ value: notUtf8 }) },
    { kind: 'a value that is not JSON', code: 'not_json', record: spoil({ value: Buffer.from('{"half":') }) },
    { kind: 'an empty value', code: 'not_json', record: spoil({ value: Buffer.alloc(0) }) },
    { kind: 'almost as many bytes as a topic takes by default', code: 'not_json', record: spoil({ value: Buffer.alloc(1_040_000, 'x') }) },
    { kind: 'another schema', code: 'wrong_schema', record: spoil({ value: Buffer.from('{"model":7}') }) },
    { kind: 'JSON that is no object', code: 'wrong_schema', record: spoil({ value: Buffer.from('[1,2,3]') }) },
    { kind: 'a type that nobody knows', code: 'unknown_type', record: spoil({}, { ce_type: 'ratchet.nobody.knows' }) },
    { kind: 'a type of another topic', code: 'wrong_topic', record: spoil({}, { ce_type: 'ratchet.audit.recorded' }) },
    { kind: 'no value', code: 'null_value', record: spoil({ value: null }) },
    { kind: 'header bytes that are not UTF-8', code: 'not_utf8', record: spoil({}, { ce_source: Buffer.from([0x2f, 0xff, 0xff]) }) },
    { kind: 'no headers', code: 'bad_envelope', record: { ...spoil({}), headers: {} } },
    { kind: 'no event id', code: 'bad_envelope', record: spoil({}, { ce_id: '' }) },
    { kind: 'a time that is none', code: 'bad_envelope', record: spoil({}, { ce_time: 'yesterday' }) },
    { kind: 'an event id of thousands of characters', code: undefined, record: spoil({}, { ce_id: randomBytes(LONG_BYTES / 2).toString('hex') }) },
    { kind: 'a zero byte in the event id', code: 'bad_envelope', record: spoil({}, { ce_id: `zero\0byte-${randomBytes(8).toString('hex')}` }) },
    // A compacted topic takes no record without a key: the broker refuses it.
    ...(isCompacted ? [] : [{ kind: 'no key', code: undefined, record: spoil({ key: null }) }]),
  ];
};

/** Where the topic has been set to take it. */
export const fiveMegabytes = (good: () => EventEnvelope): Poison => ({ kind: 'five megabytes', code: 'not_json', record: { ...rawOf(good()), value: Buffer.alloc(FIVE_MEGABYTES, 'x') } });
