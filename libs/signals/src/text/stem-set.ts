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

const stemAt = (text: string, at: number): number => (text.charCodeAt(at) << 15) | text.charCodeAt(at + 1);

export const stemsOf = (set: StemSet): number[] => Array.from({ length: sizeOf(set) }, (_, i) => stemAt(set, 2 * i));

/** Where a set stands in a longer text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How many stems a set has in common with the one that stands in `text` between `from` and `to`. */
export const countSharedIn = (text: string, { from, to }: Span, set: StemSet): number => {
  let shared = 0;
  let i = from;
  let j = 0;
  if (from >= to || set.length === 0) return 0;
  let x = stemAt(text, i);
  let y = stemAt(set, j);
  for (;;) {
    if (x === y) shared += 1;
    const stepFirst = x <= y;
    if (x >= y) {
      j += 2;
      if (j >= set.length) return shared;
      y = stemAt(set, j);
    }
    if (stepFirst) {
      i += 2;
      if (i >= to) return shared;
      x = stemAt(text, i);
    }
  }
};

export const countShared = (a: StemSet, b: StemSet): number => countSharedIn(a, { from: 0, to: a.length }, b);

/** Jaccard similarity, shared over all, of a set and the one that stands in `text` between `from` and `to`. */
export const overlapIn = (text: string, span: Span, set: StemSet): number => {
  const shared = countSharedIn(text, span, set);
  const all = (span.to - span.from + set.length) / 2 - shared;
  return all === 0 ? 0 : shared / all;
};

export const overlapOf = (a: StemSet, b: StemSet): number => overlapIn(a, { from: 0, to: a.length }, b);
