import { type EventData, type EventDefinition, instantMsOf, instantOf, interactionCompleted, quickInteraction } from '@ratchet/domain';
import { readAttributes, utf8 } from './header-attributes.js';
import { readTraceparent } from './traceparent.js';
import { catalogueEntryOf } from './topics.js';

/** A CloudEvent 1.0 with Ratchet's extension attributes; attributes that nobody here knows are kept in `extensions`. */
export interface EventEnvelope<Data = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly subject?: string;
  /** The cycle. */
  readonly correlationid?: string;
  /** The event that caused this one. */
  readonly causationid?: string;
  /** W3C trace context; what is none is not taken. */
  readonly traceparent?: string;
  readonly extensions?: Readonly<Record<string, string>>;
  readonly data: Data;
}

/** A record as a Kafka client takes it. */
export interface EncodedEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

export interface MessageLike {
  /** Stands in for an event's `time`, which CloudEvents leaves optional. */
  readonly timestampMs?: number;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, Uint8Array | string | readonly (Uint8Array | string)[] | undefined>> | undefined;
}

export const decodeErrorCodes = ['null_value', 'not_utf8', 'not_json', 'bad_envelope', 'unknown_type', 'wrong_topic', 'wrong_schema', 'too_large'] as const;
export type DecodeErrorCode = (typeof decodeErrorCodes)[number];

export type Decoded =
  | { readonly ok: true; readonly event: EventEnvelope }
  | { readonly ok: false; readonly code: DecodeErrorCode; readonly message: string };

const known = ['id', 'source', 'type', 'time', 'subject', 'correlationid', 'causationid', 'traceparent'] as const;
const notExtensions = new Set<string>([...known, 'specversion', 'data', 'data_base64', 'datacontenttype', 'dataschema']);

const refuse = (code: DecodeErrorCode, message: string): Decoded => ({ ok: false, code, message });

/** Binary mode: attributes as `ce_*` headers, data as the JSON value. */
export const encodeEvent = (event: EventEnvelope): EncodedEvent => {
  const entry = catalogueEntryOf(event.type);
  if (!entry) throw new Error(`${event.type} is in no topic of the catalogue`);
  const { id, source, type, time, subject, correlationid, causationid, traceparent, extensions } = event;
  // Written out: a loop over names costs a good part of what encoding costs.
  const headers: Record<string, string> = { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: source, ce_type: type, ce_time: time };
  if (subject !== undefined) headers['ce_subject'] = subject;
  if (correlationid !== undefined) headers['ce_correlationid'] = correlationid;
  if (causationid !== undefined) headers['ce_causationid'] = causationid;
  if (traceparent !== undefined) headers['ce_traceparent'] = traceparent;
  if (extensions !== undefined) for (const [name, value] of Object.entries(extensions)) headers[`ce_${name}`] = value;
  return { topic: entry.topic.name, key: entry.keyOf(event.data as never), value: JSON.stringify(event.data), headers };
};

export interface CheckOptions {
  readonly topicName?: string;
  readonly receivedMs?: number;
}

/**
 * Checks one CloudEvent (attributes and data apart) against the catalogue.
 * `topicName`, where given, must be the type's topic.
 */
export const checkEvent = (attributes: Readonly<Record<string, unknown>>, data: unknown, { topicName, receivedMs }: CheckOptions = {}): Decoded => {
  if (attributes['specversion'] !== '1.0') return refuse('bad_envelope', 'specversion must be "1.0"');
  const id = textOf(attributes['id']);
  const source = textOf(attributes['source']);
  const type = textOf(attributes['type']);
  if (id === undefined || source === undefined || type === undefined) return refuse('bad_envelope', `attribute ${id === undefined ? 'id' : source === undefined ? 'source' : 'type'} is missing or empty`);
  const spoilt = withControl(attributes);
  if (spoilt !== undefined) return refuse('bad_envelope', `attribute ${JSON.stringify(spoilt.slice(0, 40))} has a control character`);
  const entry = catalogueEntryOf(type);
  if (!entry) return refuse('unknown_type', `type ${JSON.stringify(type.slice(0, 100))} is not one of Ratchet's`);
  if (topicName && entry.topic.name !== topicName) return refuse('wrong_topic', `${type} belongs to ${entry.topic.name}`);
  const time = textOf(attributes['time']) ?? instantOf(receivedMs ?? Date.now());
  if (Number.isNaN(instantMsOf(time))) return refuse('bad_envelope', 'time is not an RFC 3339 time');
  const quick = entry.definition === interactionCompleted ? quickInteraction(data) : undefined;
  if (quick !== undefined) return { ok: true, event: withOptional({ id, source, type, time, data: quick }, attributes) };
  const parsed = entry.definition.schema.safeParse(data);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'data'}: ${message}`);
    return refuse('wrong_schema', issues.join('; '));
  }
  return { ok: true, event: withOptional({ id, source, type, time, data: parsed.data }, attributes) };
};

/** C0, DEL and C1. By hand, because every record of a log comes through here. */
const hasControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code > 0x7e && code < 0xa0)) return true;
  }
  return false;
};

/** These are checked by what they must be, or are no attributes. */
const neverControl: ReadonlySet<string> = new Set(['specversion', 'type', 'time', 'data', 'data_base64']);
const plainNames: ReadonlySet<string> = new Set([...known, 'datacontenttype', 'dataschema']);

/** The first attribute with a control character: CloudEvents forbids them, and databases and logs stumble over them. */
const withControl = (attributes: Readonly<Record<string, unknown>>): string | undefined => {
  for (const name of Object.keys(attributes)) {
    if (neverControl.has(name)) continue;
    const value = attributes[name];
    if ((typeof value === 'string' && hasControl(value)) || (!plainNames.has(name) && hasControl(name))) return name;
  }
  return undefined;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

type Growing = { -readonly [Name in keyof EventEnvelope]: EventEnvelope[Name] };

const withOptional = (event: Growing, attributes: Readonly<Record<string, unknown>>): EventEnvelope => {
  const { subject, correlationid, causationid, traceparent } = attributes;
  if (subject !== undefined) setText(event, 'subject', subject);
  if (correlationid !== undefined) setText(event, 'correlationid', correlationid);
  if (causationid !== undefined) setText(event, 'causationid', causationid);
  const trace = traceparent === undefined ? undefined : readTraceparent(traceparent);
  if (trace !== undefined) event.traceparent = trace;
  let extensions: Record<string, string> | undefined;
  for (const name of Object.keys(attributes)) {
    if (notExtensions.has(name)) continue;
    const value = attributes[name];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') (extensions ??= {})[name] = String(value);
  }
  if (extensions !== undefined) event.extensions = extensions;
  return event;
};

const setText = (event: Growing, name: 'subject' | 'correlationid' | 'causationid', value: unknown): void => {
  if (typeof value === 'string' && value !== '') event[name] = value;
};

/** Structured mode: one JSON object with attributes and `data`. */
export const checkStructured = (value: unknown, options: CheckOptions = {}): Decoded => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse('bad_envelope', 'a CloudEvent is a JSON object');
  const { data, ...attributes } = value as Record<string, unknown>;
  return checkEvent(attributes, data, options);
};

/** Reads a record in binary or structured mode; never throws. */
export const decodeMessage = ({ value, headers, timestampMs }: MessageLike, topicName: string): Decoded => {
  if (value === null) return refuse('null_value', 'the record has no value');
  let json: string;
  let attributes: Record<string, string>;
  try {
    json = utf8.decode(value);
    attributes = readAttributes(headers);
  } catch {
    return refuse('not_utf8', 'value or headers are not UTF-8');
  }
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return refuse('not_json', 'the value is not JSON');
  }
  const options = timestampMs === undefined ? { topicName } : { topicName, receivedMs: timestampMs };
  return attributes['type'] === undefined ? checkStructured(body, options) : checkEvent(attributes, body, options);
};

/** Structured form, for files, pipes and HTTP. */
export const toStructured = ({ extensions, ...event }: EventEnvelope): Record<string, unknown> => ({ specversion: '1.0', ...event, datacontenttype: 'application/json', ...extensions });

/** Narrows an envelope to one event type. */
export const isEvent = <D extends EventDefinition>(event: EventEnvelope, definition: D): event is EventEnvelope<EventData<D>> => event.type === definition.type;
