import { createHash, randomFillSync } from 'node:crypto';

const asUuid = (bytes: Buffer, version: number): string => {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

const ID_BYTES = 16;
/** Randomness for many ids at once: asked for each id it costs ten times the rest of it, and a request makes three. Each byte is used once. */
const pool = Buffer.alloc(256 * ID_BYTES);
let taken = pool.length;

const randomId = (): Buffer => {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += ID_BYTES;
  return pool.subarray(taken - ID_BYTES, taken);
};

/** UUIDv7 (RFC 9562): 48 bits of milliseconds, then randomness, so that ids sort by time. */
export const newEventId = (nowMs: number = Date.now()): string => {
  const bytes = randomId();
  bytes.writeUIntBE(nowMs, 0, 6);
  return asUuid(bytes, 7);
};

/** The same parts always give the same id (UUIDv8 over SHA-256), so that a repeat makes no second thing. */
export const derivedId = (...parts: readonly (string | number | bigint)[]): string =>
  asUuid(createHash('sha256').update(JSON.stringify(parts.map(String))).digest().subarray(0, 16), 8);
