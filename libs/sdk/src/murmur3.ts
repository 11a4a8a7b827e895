const { imul } = Math;

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const scramble = (block: number): number => imul(rotateLeft(imul(block, C1), 15), C2);

const avalanche = (hash: number): number => {
  let mixed = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const encoder = new TextEncoder();
// A UTF-16 unit takes at most three bytes. One buffer for all keys of usual length: allocating one each made the hash four times as slow.
const scratch = new Uint8Array(1536);

const utf8 = (text: string): Uint8Array => (text.length * 3 > scratch.length ? encoder.encode(text) : scratch.subarray(0, encoder.encodeInto(text, scratch).written));

/**
 * MurmurHash3 x86 32-bit of a text's UTF-8 bytes: an unsigned integer in [0, 2^32).
 *
 * Hashing UTF-8 rather than UTF-16 units is what makes the value the same in every language; unpaired surrogates
 * count as U+FFFD, as every UTF-8 encoder writes them.
 *
 * Source: Austin Appleby, MurmurHash3 (public domain), `MurmurHash3_x86_32`.
 */
export const murmur3 = (text: string, seed = 0): number => {
  const bytes = utf8(text);
  const byteAt = (at: number): number => bytes[at] ?? 0;
  const tailStart = bytes.length - (bytes.length % 4);
  let hash = seed | 0;
  for (let at = 0; at < tailStart; at += 4) {
    const block = byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24);
    hash = (imul(rotateLeft(hash ^ scramble(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= tailStart; at -= 1) tail = (tail << 8) | byteAt(at);
  return avalanche(hash ^ scramble(tail) ^ bytes.length);
};
