import type { SeededRandom } from '@ratchet/testing';

const TEXTS = [
  '', ' ', '\0', '\u0000\u0001\u001f\u007f\u0085', 'line\nbreak\r\n', '\ud800', '\udfff\ud800', '\ufffd\uffff', '\u202eright to left', 'e\u0301\u0301\u0301\u0301', '👩‍👩‍👧‍👦'.repeat(20),
  '__proto__', 'constructor', 'hasOwnProperty', 'toString', 'null', 'undefined', 'NaN', '-0', '1e999', '0x10', "'; drop table inbox; --", '${jndi:ldap://nowhere}', '{{7*7}}', '../../etc/passwd', '<script>alert(1)</script>',
  '%00%0a', '\\u0000', '"', '\\', 'ratchet.clock.advanced', '2026-02-30T25:61:00Z', '0000-00-00T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13T00:00:00.001Z', 'x'.repeat(201), 'y'.repeat(3_000), 'ß'.repeat(2_000),
] as const;
const NUMBERS = [0, -0, 1, -1, 0.1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, -1e308, 5e-324] as const;
const KEYS = ['id', 'type', 'data', 'input', 'content', 'role', '__proto__', 'constructor', 'length', '', 'a b', '\0', 'conversationId'] as const;
const DEPTH_MAX = 4;

/** A text that somebody will send one day. */
export const hostileText = (random: SeededRandom): string => {
  if (random.next() < 0.7) return random.pick(TEXTS);
  return Array.from({ length: random.between(0, 40) }, () => String.fromCharCode(random.between(0, 0xffff))).join('');
};

/** Any JSON. */
export const hostileJson = (random: SeededRandom, depth = 0): unknown => {
  const choice = random.next();
  if (choice < 0.4) return hostileText(random);
  if (choice < 0.55) return random.pick(NUMBERS);
  if (choice < 0.65) return random.pick([true, false, null]);
  if (depth >= DEPTH_MAX) return [];
  if (choice < 0.8) return Array.from({ length: random.between(0, 4) }, () => hostileJson(random, depth + 1));
  return Object.fromEntries(Array.from({ length: random.between(0, 5) }, () => [random.pick(KEYS), hostileJson(random, depth + 1)]));
};

type Container = Record<string | number, unknown>;

/** Places in a value where something can be changed. */
const placesIn = (value: unknown): { readonly holder: Container; readonly key: string }[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value as Container, key }, ...placesIn((value as Container)[key])]);
};

/** A copy with up to three places left out, replaced, or given a name of their own. */
export const spoilt = <T>(random: SeededRandom, value: T): unknown => {
  const copy = structuredClone(value) as unknown;
  for (let round = random.between(0, 3); round > 0; round -= 1) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const { holder, key } = random.pick(places);
    const choice = random.next();
    if (choice < 0.25) delete holder[key];
    else if (choice < 0.8) holder[key] = hostileJson(random);
    else holder[hostileText(random).slice(0, 100)] = holder[key];
  }
  return copy;
};

/** Lists in lists, which stay readable and cannot be walked through. */
export const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** A copy with some bytes changed, cut off or put in. */
export const spoiltBytes = (random: SeededRandom, bytes: Buffer): Buffer => {
  if (bytes.length === 0 || random.next() < 0.3) return bytes;
  const copy = Buffer.from(random.next() < 0.3 ? bytes.subarray(0, random.between(0, bytes.length)) : bytes);
  if (copy.length === 0) return copy;
  for (let round = random.between(1, 4); round > 0; round -= 1) copy[random.between(0, copy.length - 1)] = random.between(0, 255);
  return copy;
};

export const garbage = (random: SeededRandom): Buffer => Buffer.from(Array.from({ length: random.between(0, 300) }, () => random.between(0, 255)));
