import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Values nest in a few levels; deeper ones are hostile. */
const DEPTH_MAX = 40;
/** Two bytes make a message, which takes a hundred in memory: the number is bounded, not only the bytes. */
const MESSAGES_MAX = 1_000_000;

type Fields = Record<string, unknown>;
type ReadField = (reader: BinaryReader, into: Fields, budget: Budget) => void;
/** What a message has of interest to us, by field number; all else is skipped. */
type Message = Readonly<Record<number, readonly [WireType, ReadField]>>;

/** What is left of what a request may take. */
class Budget {
  messages = MESSAGES_MAX;
  depth = 0;
}

const text = (name: string): readonly [WireType, ReadField] => [WireType.LengthDelimited, (reader, into) => void (into[name] = reader.string())];
const bytes = (name: string): readonly [WireType, ReadField] => [WireType.LengthDelimited, (reader, into) => void (into[name] = reader.bytes())];
const fixed64 = (name: string): readonly [WireType, ReadField] => [WireType.Bit64, (reader, into) => void (into[name] = reader.fixed64())];
const double = (name: string): readonly [WireType, ReadField] => [WireType.Bit64, (reader, into) => void (into[name] = reader.double())];
const int32 = (name: string): readonly [WireType, ReadField] => [WireType.Varint, (reader, into) => void (into[name] = reader.int32())];
const int64 = (name: string): readonly [WireType, ReadField] => [WireType.Varint, (reader, into) => void (into[name] = reader.int64())];
const bool = (name: string): readonly [WireType, ReadField] => [WireType.Varint, (reader, into) => void (into[name] = reader.bool())];
const message = (name: string, type: () => Message): readonly [WireType, ReadField] => [WireType.LengthDelimited, (reader, into, budget) => void (into[name] = readNested(reader, type(), budget))];
const list = (name: string, type: () => Message): readonly [WireType, ReadField] => [
  WireType.LengthDelimited,
  (reader, into, budget) => {
    const items = (into[name] ??= []) as unknown[];
    items.push(readNested(reader, type(), budget));
  },
];

// Field numbers of opentelemetry-proto 1.x, under the names that its JSON form has.
const anyValue: Message = {
  1: text('stringValue'),
  2: bool('boolValue'),
  3: int64('intValue'),
  4: double('doubleValue'),
  5: message('arrayValue', () => ({ 1: list('values', () => anyValue) })),
  6: message('kvlistValue', () => ({ 1: list('values', () => keyValue) })),
};
const keyValue: Message = { 1: text('key'), 2: message('value', () => anyValue) };
const attributes = list('attributes', () => keyValue);
const event: Message = { 1: fixed64('timeUnixNano'), 2: text('name'), 3: attributes };
const status: Message = { 2: text('message'), 3: int32('code') };
const span: Message = {
  1: bytes('traceId'),
  2: bytes('spanId'),
  5: text('name'),
  7: fixed64('startTimeUnixNano'),
  8: fixed64('endTimeUnixNano'),
  9: attributes,
  11: list('events', () => event),
  15: message('status', () => status),
};
const scopeSpans: Message = { 2: list('spans', () => span) };
const resourceSpans: Message = { 1: message('resource', () => ({ 1: attributes })), 2: list('scopeSpans', () => scopeSpans) };
const traces: Message = { 1: list('resourceSpans', () => resourceSpans) };

const readNested = (reader: BinaryReader, type: Message, budget: Budget): Fields => {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a message is longer than what is left');
  budget.messages -= 1;
  budget.depth += 1;
  if (budget.messages < 0) throw new RangeError(`more than ${MESSAGES_MAX} values`);
  if (budget.depth > DEPTH_MAX) throw new RangeError(`nested more than ${DEPTH_MAX} levels deep`);
  const fields = readFields(reader, { type, end, budget });
  budget.depth -= 1;
  return fields;
};

const readFields = (reader: BinaryReader, { type, end, budget }: { type: Message; end: number; budget: Budget }): Fields => {
  const fields: Fields = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const known = type[number];
    if (known === undefined || known[0] !== wireType) reader.skip(wireType, number);
    else known[1](reader, fields, budget);
  }
  if (reader.pos !== end) throw new RangeError('a field is longer than its message');
  return fields;
};

/**
 * A trace request (or the collector's `TracesData`, which is the same) from protobuf, in the shape of OTLP's JSON form; ids stay bytes and
 * 64-bit integers are bigints.
 *
 * @throws {Error} where the bytes are no such message, or would take more than a message of their size may
 */
export const decodeTraces = (encoded: Uint8Array): Fields => {
  const reader = new BinaryReader(encoded);
  return readFields(reader, { type: traces, end: reader.len, budget: new Budget() });
};
