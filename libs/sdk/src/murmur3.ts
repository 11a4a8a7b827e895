const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const scramble = (block: number): number => Math.imul(rotateLeft(Math.imul(block, C1), 15), C2);

const avalanche = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const encoder = new TextEncoder();

/**
 * MurmurHash3 x86 32-bit of a text's UTF-8 bytes: an unsigned integer in [0, 2^32).
 *
 * Hashing UTF-8 rather than UTF-16 units is what makes the value the same in every language; unpaired surrogates
 * count as U+FFFD, as every UTF-8 encoder writes them.
 *
 * Source: Austin Appleby, MurmurHash3 (public domain), `MurmurHash3_x86_32`.
 */
export const murmur3 = (text: string, seed = 0): number => {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tailStart = bytes.length - (bytes.length % 4);
  let hash = seed | 0;
  for (let offset = 0; offset < tailStart; offset += 4) {
    hash = (Math.imul(rotateLeft(hash ^ scramble(view.getUint32(offset, true)), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let offset = bytes.length - 1; offset >= tailStart; offset -= 1) tail = (tail << 8) | view.getUint8(offset);
  return avalanche(hash ^ scramble(tail) ^ bytes.length);
};
