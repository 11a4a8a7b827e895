import { Attributes, isObject, listOf } from './attributes.js';

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** A span with what stands above it, ready to be asked by name. */
export interface SpanView {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly name: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly SpanEvent[];
  /** Nanoseconds since the epoch; undefined where the span has none or no number. */
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly failed: boolean;
  readonly statusMessage: string;
}

const EVENTS_MAX = 1_000;
const ZEROS = /^0+$/u;

/** Hex digits of an id; the JSON form has them, decoders of protobuf give bytes, and some exporters write base64. */
const hexId = (value: unknown, bytes: number): string | undefined => {
  const hex = hexOf(value, bytes);
  return hex === undefined || ZEROS.test(hex) ? undefined : hex;
};

const hexOf = (value: unknown, bytes: number): string | undefined => {
  if (value instanceof Uint8Array) return value.length === bytes ? Buffer.from(value).toString('hex') : undefined;
  if (typeof value !== 'string') return undefined;
  if (value.length === 2 * bytes) return /^[0-9a-f]+$/iu.test(value) ? value.toLowerCase() : undefined;
  if (value.length !== 4 * Math.ceil(bytes / 3)) return undefined;
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes ? decoded.toString('hex') : undefined;
};

const NANOS_MAX = 2n ** 64n - 1n;

/** 64-bit integers are texts in OTLP's JSON, and numbers where an exporter did not keep to it. */
const nanosOf = (value: unknown): bigint | undefined => {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (!isNumber && typeof value !== 'bigint' && !(typeof value === 'string' && /^\d{1,20}$/u.test(value))) return undefined;
  const nanos = BigInt(isNumber ? Math.trunc(value) : value);
  return nanos > 0n && nanos <= NANOS_MAX ? nanos : undefined;
};

export type ReadSpan = { readonly ok: true; readonly span: SpanView } | { readonly ok: false; readonly spanId: string | undefined; readonly message: string };

/** Reads one span; one without ids cannot be told from its repeats, and is refused. */
export const readSpan = (raw: unknown, resource: Attributes): ReadSpan => {
  if (!isObject(raw)) return { ok: false, spanId: undefined, message: 'a span is an object' };
  const traceId = hexId(raw['traceId'], 16);
  const spanId = hexId(raw['spanId'], 8);
  if (traceId === undefined || spanId === undefined) return { ok: false, spanId, message: `${traceId === undefined ? 'traceId' : 'spanId'} is not an id` };
  const status = isObject(raw['status']) ? raw['status'] : {};
  const events = listOf(raw['events'])
    .slice(0, EVENTS_MAX)
    .filter(isObject)
    .map((event) => ({ name: String(event['name'] ?? ''), attributes: Attributes.of(event['attributes']) }));
  return {
    ok: true,
    span: {
      traceId,
      spanId,
      name: typeof raw['name'] === 'string' ? raw['name'] : '',
      attributes: Attributes.of(raw['attributes']),
      resource,
      events,
      startNs: nanosOf(raw['startTimeUnixNano']),
      endNs: nanosOf(raw['endTimeUnixNano']),
      failed: status['code'] === 2 || status['code'] === 'STATUS_CODE_ERROR',
      statusMessage: typeof status['message'] === 'string' ? status['message'] : '',
    },
  };
};
