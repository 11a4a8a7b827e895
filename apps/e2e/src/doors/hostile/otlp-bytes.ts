/** Protobuf by hand, for requests that only have to be good enough to be spoilt. */
const varint = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
};

const field = (number: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
const nanos = (number: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
};

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const LASTED_NS = 250_000_000n;
const startNs = ({ startMs }: OtlpSpan): bigint => BigInt(startMs) * 1_000_000n;

/** A trace request of one resource, in protobuf. */
export const otlpProtobuf = (spans: readonly OtlpSpan[]): Buffer => {
  const encoded = spans.map((span) => {
    const attributes = Object.entries(span.attributes).map(([name, value]) => field(9, Buffer.concat([text(1, name), field(2, text(1, value))])));
    return field(2, Buffer.concat([field(1, Buffer.from(span.traceId, 'hex')), field(2, Buffer.from(span.spanId, 'hex')), text(5, 'chat'), nanos(7, startNs(span)), nanos(8, startNs(span) + LASTED_NS), ...attributes]));
  });
  return field(1, field(2, Buffer.concat(encoded)));
};

/** The same in JSON. */
export const otlpJson = (spans: readonly OtlpSpan[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'hostile' } }] },
      scopeSpans: [
        {
          spans: spans.map((span) => ({
            traceId: span.traceId,
            spanId: span.spanId,
            name: 'chat',
            startTimeUnixNano: String(startNs(span)),
            endTimeUnixNano: String(startNs(span) + LASTED_NS),
            attributes: Object.entries(span.attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
            status: {},
          })),
        },
      ],
    },
  ],
});
