import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

const valueOf = (value: string | number | boolean): object =>
  typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };

const attributesOf = (values: TestSpan['attributes'] = {}): object[] => Object.entries(values).map(([key, value]) => ({ key, value: valueOf(value) }));

/** 2026-03-02T09:00:00Z, and a second later. */
const START = '1772442000000000000';
const END = '1772442001000000000';

/** A span of a chat in a conversation. */
export const chatSpan = (at: number, { conversation = 'c1', question = 'Where is my parcel?', answer = 'It arrives today.' } = {}): TestSpan => ({
  traceId: (at + 1).toString(16).padStart(32, '0'),
  spanId: (at + 1).toString(16).padStart(16, '0'),
  name: 'chat gpt-x',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-x',
    'gen_ai.conversation.id': conversation,
    'gen_ai.usage.input_tokens': 7,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: answer }] }]),
  },
});

/** OTLP's JSON form of a trace request. */
export const jsonRequest = (spans: readonly TestSpan[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': 'shop' }) },
      scopeSpans: [{ spans: spans.map(({ attributes, ...span }) => ({ name: 'span', startTimeUnixNano: START, endTimeUnixNano: END, ...span, attributes: attributesOf(attributes) })) }],
    },
  ],
});

const nested = (writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): BinaryWriter => {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  return writer.join();
};

const writeAttributes = (writer: BinaryWriter, field: number, values: TestSpan['attributes'] = {}): void => {
  for (const [key, value] of Object.entries(values)) {
    nested(writer, field, (pair) => {
      pair.tag(1, WireType.LengthDelimited).string(key);
      nested(pair, 2, (any) => {
        if (typeof value === 'string') any.tag(1, WireType.LengthDelimited).string(value);
        else if (typeof value === 'boolean') any.tag(2, WireType.Varint).bool(value);
        else if (Number.isInteger(value)) any.tag(3, WireType.Varint).int64(value);
        else any.tag(4, WireType.Bit64).double(value);
      });
    });
  }
};

const writeSpan = (writer: BinaryWriter, { traceId, spanId, name = 'span', startTimeUnixNano = START, endTimeUnixNano = END, attributes }: TestSpan): void => {
  writer.tag(1, WireType.LengthDelimited).bytes(Buffer.from(traceId, 'hex'));
  writer.tag(2, WireType.LengthDelimited).bytes(Buffer.from(spanId, 'hex'));
  writer.tag(5, WireType.LengthDelimited).string(name);
  writer.tag(6, WireType.Varint).int32(3);
  writer.tag(7, WireType.Bit64).fixed64(startTimeUnixNano);
  writer.tag(8, WireType.Bit64).fixed64(endTimeUnixNano);
  writeAttributes(writer, 9, attributes);
};

/** The same in protobuf. */
export const protobufRequest = (spans: readonly TestSpan[]): Buffer => {
  const writer = new BinaryWriter();
  nested(writer, 1, (ofResource) => {
    nested(ofResource, 1, (resource) => writeAttributes(resource, 1, { 'service.name': 'shop' }));
    nested(ofResource, 2, (ofScope) => {
      nested(ofScope, 1, (scope) => scope.tag(1, WireType.LengthDelimited).string('spec'));
      for (const span of spans) nested(ofScope, 2, (inner) => writeSpan(inner, span));
    });
  });
  return Buffer.from(writer.finish());
};
