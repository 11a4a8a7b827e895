/**
 * A sorted set of 30-bit word hashes, two characters of 15 bits each. Many are kept for every open conversation, and of all that the
 * engine offers a short string takes the least memory, and no more time to make than an array.
 */
export type StemSet = string;

export const NO_STEMS: StemSet = '';

const STEMS_MAX = 1_000;
const units = Buffer.alloc(4 * STEMS_MAX);
const unitView = new Uint16Array(units.buffer, units.byteOffset, 2 * STEMS_MAX);

/** The first `count` of sorted, distinct hashes below 2^30. */
export const packStems = (sorted: Int32Array, count: number): StemSet => {
  if (count === 0) return NO_STEMS;
  for (let i = 0; i < count; i += 1) {
    const stem = sorted[i] as number;
    unitView[2 * i] = stem >>> 15;
    unitView[2 * i + 1] = stem & 0x7fff;
  }
  return units.toString('utf16le', 0, 4 * count);
};

export const sizeOf = (set: StemSet): number => set.length >>> 1;

const stemAt = (set: StemSet, i: number): number => (set.charCodeAt(2 * i) << 15) | set.charCodeAt(2 * i + 1);

export const stemsOf = (set: StemSet): number[] => Array.from({ length: sizeOf(set) }, (_, i) => stemAt(set, i));

export const countShared = (a: StemSet, b: StemSet): number => {
  const sizeA = sizeOf(a);
  const sizeB = sizeOf(b);
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < sizeA && j < sizeB) {
    const x = stemAt(a, i);
    const y = stemAt(b, j);
    if (x === y) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (x < y) i += 1;
    else j += 1;
  }
  return shared;
};

/** Jaccard similarity of two sets: shared over all. */
export const overlapOf = (a: StemSet, b: StemSet): number => {
  const shared = countShared(a, b);
  const all = sizeOf(a) + sizeOf(b) - shared;
  return all === 0 ? 0 : shared / all;
};
