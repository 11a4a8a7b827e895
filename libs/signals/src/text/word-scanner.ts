/** Longer texts are read at both ends only: failure words and closing questions stand there. */
const MAX_CHARS = 2_000;
const HEAD_CHARS = 1_200;
const TAIL_CHARS = 400;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Words as FNV-1a hashes, so that reading a text allocates no strings; cut to 30 bits, which the engine keeps without boxing.
 * `stems` drops a plural s, -ed and -ing. The arrays are scratch space: valid until the next scan, up to `count`.
 */
export interface ScannedWords {
  readonly count: number;
  readonly words: Int32Array;
  readonly stems: Int32Array;
  readonly questionMarks: number;
  readonly exclamationMarks: number;
  readonly endsWithQuestion: boolean;
  /** True when there are letters beyond ASCII: then words need not be separated by spaces. */
  readonly beyondAscii: boolean;
}

/** What an ASCII character is to a word: its lower case where it is part of one, else 0. */
const partOfWord = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9]/u.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0));
const APOSTROPHE = 0x27;
const CURLY_APOSTROPHE = 0x2019;
export const MAX_WORDS = MAX_CHARS / 2;
const wordScratch = new Int32Array(MAX_WORDS);
const stemScratch = new Int32Array(MAX_WORDS);
const BITS_KEPT = 0x3fffffff;

/** Reads a text once: lower case, apostrophes dropped (`don't` is `dont`), runs of letters and digits are words. */
export const scanWords = (text: string): ScannedWords => {
  const read = text.length > MAX_CHARS ? `${text.slice(0, HEAD_CHARS)} ${text.slice(-TAIL_CHARS)}` : text;
  let count = 0;
  let questionMarks = 0;
  let exclamationMarks = 0;
  let lastMark = 0;
  let beyondAscii = false;
  let length = 0;
  let hash = FNV_OFFSET;
  let before1 = 0;
  let before2 = 0;
  let before3 = 0;
  let last = 0;
  let secondLast = 0;
  for (let i = 0; i <= read.length; i += 1) {
    let code = i < read.length ? read.charCodeAt(i) : 0x20;
    const part = code < 0x80 ? (partOfWord[code] as number) : isLetterBeyondAscii(code) ? lowerCodeUnit(code) : 0;
    if (part !== 0) {
      if (code >= 0x80) beyondAscii = true;
      code = part;
      before3 = before2;
      before2 = before1;
      before1 = hash;
      hash = Math.imul(hash ^ code, FNV_PRIME);
      secondLast = last;
      last = code;
      length += 1;
      lastMark = 0;
    } else if (length > 0 && (code === APOSTROPHE || code === CURLY_APOSTROPHE)) {
      continue;
    } else {
      if (code === 0x3f) questionMarks += 1;
      if (code === 0x21) exclamationMarks += 1;
      if (code === 0x3f || code === 0x21 || code === 0x2e) lastMark = code;
      if (length > 0) {
        if (count < MAX_WORDS) {
          wordScratch[count] = hash & BITS_KEPT;
          stemScratch[count] = stemOf({ length, last, secondLast, hash, before1, before2, before3 }) & BITS_KEPT;
          count += 1;
        }
        length = 0;
        hash = FNV_OFFSET;
        last = 0;
        secondLast = 0;
      }
    }
  }
  return {
    count,
    words: wordScratch,
    stems: stemScratch,
    questionMarks,
    exclamationMarks,
    endsWithQuestion: lastMark === 0x3f,
    beyondAscii,
  };
};

/** The hash that `scanWords` gives to a word written in lower case without apostrophes. */
export const wordHash = (word: string): number => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME);
  return hash & BITS_KEPT;
};

interface WordEnd {
  readonly length: number;
  readonly last: number;
  readonly secondLast: number;
  readonly hash: number;
  /** The hash one, two and three characters earlier. */
  readonly before1: number;
  readonly before2: number;
  readonly before3: number;
}

const LETTER = { d: 0x64, e: 0x65, g: 0x67, n: 0x6e, s: 0x73 } as const;

const stemOf = ({ length, last, secondLast, hash, before1, before2, before3 }: WordEnd): number => {
  if (length > 5 && last === LETTER.g && secondLast === LETTER.n) return before3;
  if (length > 4 && last === LETTER.d && secondLast === LETTER.e) return before2;
  if (length > 3 && last === LETTER.s && secondLast !== LETTER.s) return before1;
  return hash;
};

/** Letters and digits of other scripts; punctuation and symbols between U+2000 and U+2BFF, and Latin-1 signs, are not. */
const isLetterBeyondAscii = (code: number): boolean =>
  code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && !(code >= 0x2000 && code <= 0x2bff) && !(code >= 0x3000 && code <= 0x303f);

const lowerCodeUnit = (code: number): number => String.fromCharCode(code).toLowerCase().charCodeAt(0);
