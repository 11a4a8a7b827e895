const WORDS = 32;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const BLANK = 0x20;

/** 1,024 bits: which character trigrams a text has, by their hashes. */
export type TrigramBits = Int32Array;

/** Lower case of ASCII letters; what is neither letter nor digit separates. Letters beyond ASCII stay as they are. */
const normalUnit = (unit: number): number => {
  if (unit >= 0x41 && unit <= 0x5a) return unit + 32;
  const kept = unit >= 128 || (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
  return kept ? unit : BLANK;
};

const setBit = (bits: TrigramBits, first: number, second: number, third: number): void => {
  let hash = Math.imul(FNV_OFFSET ^ first, FNV_PRIME);
  hash = Math.imul(hash ^ second, FNV_PRIME);
  hash = Math.imul(hash ^ third, FNV_PRIME);
  const bit = (hash ^ (hash >>> 15)) & 1023;
  bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
};

/** The trigrams of a text with one space before and behind it and between its words. */
export const trigramBits = (text: string): TrigramBits => {
  const bits = new Int32Array(WORDS);
  let first = 0;
  let second = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const unit = i < text.length ? normalUnit(text.charCodeAt(i)) : BLANK;
    // `second` is 0 before the first unit that is no blank: blanks there go, and one space stands for them.
    if (unit === BLANK && (second === BLANK || second === 0)) continue;
    if (second === 0) second = BLANK;
    if (first !== 0) setBit(bits, first, second, unit);
    first = second;
    second = unit;
  }
  return bits;
};

const ones = (word: number): number => {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Jaccard similarity in thousandths, rounded half up; 0 for two texts without a trigram. */
export const similarityPermille = (a: TrigramBits, b: TrigramBits): number => {
  let shared = 0;
  let all = 0;
  for (let i = 0; i < WORDS; i += 1) {
    const left = a[i] ?? 0;
    const right = b[i] ?? 0;
    shared += ones(left & right);
    all += ones(left | right);
  }
  return all === 0 ? 0 : Math.floor((2_000 * shared + all) / (2 * all));
};
