import type { MessageLike } from './envelope.js';

export const utf8 = new TextDecoder('utf-8', { fatal: true });

const PREFIX = 'ce_';
/** Header names are few; a producer that makes up ever new ones must not fill the memory. */
const NAMES_KEPT_MAX = 256;
const REPEATED_BYTES_MAX = 64;

/** An attribute by the name of its header, with the value that its last record had. */
interface KnownHeader {
  /** Undefined for a header that carries no attribute. */
  readonly attribute: string | undefined;
  /** Whether values repeat from record to record, as those of `ce_type` do, and of `ce_id` do not. */
  readonly repeats: boolean;
  bytes: Uint8Array | undefined;
  text: string;
}

const knownHeaders = new Map<string, KnownHeader>();
const NEVER_THE_SAME: ReadonlySet<string> = new Set(['id', 'time', 'traceparent']);

const knownHeader = (name: string): KnownHeader => {
  const lower = name.toLowerCase();
  const attribute = lower.startsWith(PREFIX) ? lower.slice(PREFIX.length) : undefined;
  const header = { attribute, repeats: attribute !== undefined && !NEVER_THE_SAME.has(attribute), bytes: undefined, text: '' };
  if (knownHeaders.size < NAMES_KEPT_MAX) knownHeaders.set(name, header);
  return header;
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};

/** Decoding costs a call out of JavaScript; most values are those of the record before, which comparing tells faster. */
const textOfHeader = (header: KnownHeader, bytes: Uint8Array): string => {
  if (!header.repeats || bytes.length > REPEATED_BYTES_MAX) return utf8.decode(bytes);
  if (header.bytes !== undefined && sameBytes(header.bytes, bytes)) return header.text;
  const text = utf8.decode(bytes);
  // A copy of its own, since the client's buffer is a view of a whole fetch.
  header.bytes = Uint8Array.from(bytes);
  header.text = text;
  return text;
};

/** CloudEvents attributes of a record in binary mode. Throws a TypeError where one is not UTF-8. */
export const readAttributes = (headers: MessageLike['headers']): Record<string, string> => {
  const attributes: Record<string, string> = {};
  if (headers === undefined) return attributes;
  for (const name of Object.keys(headers)) {
    const header = knownHeaders.get(name) ?? knownHeader(name);
    if (header.attribute === undefined) continue;
    const raw = headers[name];
    const value = (Array.isArray(raw) ? raw[0] : raw) as Uint8Array | string | null | undefined;
    if (value === undefined || value === null) continue;
    attributes[header.attribute] = typeof value === 'string' ? value : textOfHeader(header, value);
  }
  return attributes;
};
