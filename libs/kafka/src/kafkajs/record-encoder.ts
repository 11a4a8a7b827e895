import { createRequire } from 'node:module';

type Content = Buffer | string | null | undefined;

export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Content;
  readonly value?: Content;
  readonly headers?: Readonly<Record<string, Content | readonly Content[]>>;
}

/** What kafkajs' requests are put together from. */
interface Encoder {
  buf: Buffer;
  offset: number;
}

type EncodeRecord = (record: RecordToEncode) => Encoder;

const require = createRequire(import.meta.url);
const RECORD_MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const INT32_MAX = 0x7fffffff;
/** Of five varints at most, and the attributes. */
const FIXED_BYTES_MAX = 32;
const VARINT_BYTES_MAX = 5;

/** Records are written here first, since their length stands before them; it grows to the largest. */
let scratch = Buffer.allocUnsafe(64 * 1024);
let at = 0;

/** Zigzag, as all numbers of a record are; 32 bits. */
const writeVarint = (value: number): void => {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
};

/** Up to here a length takes one byte, and copying a text by hand is faster than asking for it. */
const SHORT_CHARS_MAX = 63;

/** False, and nothing written, where a character is beyond ASCII. */
const writeShortText = (text: string): boolean => {
  const start = at + 1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    scratch[start + i] = code;
  }
  scratch[at] = text.length << 1;
  at = start + text.length;
  return true;
};

const writeContent = (content: Content): void => {
  if (content === null || content === undefined) return writeVarint(-1);
  if (typeof content === 'string') {
    if (content.length <= SHORT_CHARS_MAX && writeShortText(content)) return;
    const bytes = Buffer.byteLength(content);
    writeVarint(bytes);
    scratch.write(content, at, bytes, 'utf8');
    at += bytes;
    return;
  }
  writeVarint(content.length);
  content.copy(scratch, at);
  at += content.length;
};

/** UTF-8 takes three bytes for a UTF-16 unit at most. */
const contentBytesMax = (content: Content): number => (typeof content === 'string' ? 3 * content.length : (content?.length ?? 0));

const bytesAtMost = ({ key, value }: RecordToEncode, headers: readonly (readonly [string, Content])[]): number => {
  let bytes = FIXED_BYTES_MAX + contentBytesMax(key) + contentBytesMax(value);
  for (const [name, content] of headers) bytes += 2 * VARINT_BYTES_MAX + contentBytesMax(name) + contentBytesMax(content);
  return bytes;
};

const headersOf = (headers: NonNullable<RecordToEncode['headers']>): (readonly [string, Content])[] => {
  const list: (readonly [string, Content])[] = [];
  for (const name of Object.keys(headers)) {
    const content = headers[name];
    if (Array.isArray(content)) for (const one of content as readonly Content[]) list.push([name, one]);
    else list.push([name, content as Content]);
  }
  return list;
};

/**
 * A record of Kafka's format 2: length, attributes, timestamp and offset relative to the batch, key, value, headers.
 * Gives undefined for what is left to kafkajs: a timestamp beyond 32 bits.
 */
const encodeInOneBuffer = (record: RecordToEncode): Buffer | undefined => {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = record;
  if (timestampDelta < 0 || timestampDelta > INT32_MAX >> 1) return undefined;
  const list = headersOf(headers);
  const bytes = bytesAtMost(record, list);
  if (bytes > scratch.length) scratch = Buffer.allocUnsafe(2 * bytes);
  at = VARINT_BYTES_MAX;
  scratch[at++] = 0;
  writeVarint(timestampDelta);
  writeVarint(offsetDelta);
  writeContent(key);
  writeContent(value);
  writeVarint(list.length);
  for (const [name, content] of list) {
    writeContent(name);
    writeContent(content);
  }
  const end = at;
  at = 0;
  writeVarint(end - VARINT_BYTES_MAX);
  const lengthBytes = at;
  const encoded = Buffer.allocUnsafe(lengthBytes + end - VARINT_BYTES_MAX);
  scratch.copy(encoded, 0, 0, lengthBytes);
  scratch.copy(encoded, lengthBytes, VARINT_BYTES_MAX, end);
  return encoded;
};

/** kafkajs' own, to be compared with. */
export const encodeAsKafkajs: EncodeRecord = require(RECORD_MODULE) as EncodeRecord;

const { prototype: encoderPrototype } = require('kafkajs/src/protocol/encoder.js') as { prototype: object };

/** Has the form of kafkajs' encoder, whose methods it inherits. */
export const encodeRecord: EncodeRecord = (record) => {
  const encoded = encodeInOneBuffer(record);
  if (!encoded) return encodeAsKafkajs(record);
  return Object.assign(Object.create(encoderPrototype) as Encoder, { buf: encoded, offset: encoded.length });
};

/**
 * kafkajs 2.2.4 encodes a record by way of a zeroed buffer of 512 bytes for each header, and counts in 64 bits: a fifth of the
 * signal-detector's time. Its requests look the encoder up when the first of them is made, so it can be replaced before.
 */
export const encodeRecordsInOneBuffer = (): void => {
  const loaded = require.cache[require.resolve(RECORD_MODULE)];
  if (loaded) loaded.exports = encodeRecord;
};
