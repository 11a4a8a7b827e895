/** Longer texts are read at both ends only: failure words and closing questions stand there. */
const MAX_CHARS = 2_000;
const HEAD_CHARS = 1_200;
const TAIL_CHARS = 400;

/** As a signed number: an unsigned one does not fit the engine's integers, and every step would convert. */
const FNV_OFFSET = 0x811c9dc5 | 0;
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
const QUESTION_MARK = 0x3f;
const EXCLAMATION_MARK = 0x21;
const FULL_STOP = 0x2e;
const CURLY_APOSTROPHE = 0x2019;
export const MAX_WORDS = MAX_CHARS / 2;
const wordScratch = new Int32Array(MAX_WORDS);
const stemScratch = new Int32Array(MAX_WORDS);
const BITS_KEPT = 0x3fffffff;

/** Reads a text once: lower case, apostrophes dropped (`don't` is `dont`), runs of letters and digits are words. */
export const scanWords = (text: string): ScannedWords => {
  const read = text.length > MAX_CHARS ? `${text.slice(0, HEAD_CHARS)} ${text.slice(-TAIL_CHARS)}` : text;
  const end = read.length;
  let count = 0;
  let questionMarks = 0;
  let exclamationMarks = 0;
  let lastMark = 0;
  let beyondAscii = false;
  let i = 0;
  while (i < end) {
    let length = 0;
    let hash = FNV_OFFSET;
    let code = 0;
    let last = 0;
    for (; i < end; i += 1) {
      code = read.charCodeAt(i);
      let part = 0;
      if (code < 0x80) part = partOfWord[code] as number;
      else if (isLetterBeyondAscii(code)) {
        part = lowerCodeUnit(code);
        beyondAscii = true;
      }
      if (part === 0) {
        if (length > 0 && (code === APOSTROPHE || code === CURLY_APOSTROPHE)) continue;
        break;
      }
      hash = Math.imul(hash ^ part, FNV_PRIME);
      last = part;
      length += 1;
    }
    if (length > 0) {
      lastMark = 0;
      if (count < MAX_WORDS) {
        wordScratch[count] = hash & BITS_KEPT;
        const hasEnding = length > 3 && (last === LETTER.s || last === LETTER.d || last === LETTER.g);
        stemScratch[count] = (hasEnding ? stemOf(hash, { length, last, text: read, end: i }) : hash) & BITS_KEPT;
        count += 1;
      }
    }
    if (i === end) break;
    if (code === QUESTION_MARK) questionMarks += 1;
    else if (code === EXCLAMATION_MARK) exclamationMarks += 1;
    if (code === QUESTION_MARK || code === EXCLAMATION_MARK || code === FULL_STOP) lastMark = code;
    i += 1;
  }
  return { count, words: wordScratch, stems: stemScratch, questionMarks, exclamationMarks, endsWithQuestion: lastMark === QUESTION_MARK, beyondAscii };
};

/** The hash that `scanWords` gives to a word written in lower case without apostrophes. */
export const wordHash = (word: string): number => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME);
  return hash & BITS_KEPT;
};

interface WordEnd {
  readonly length: number;
  /** The last character, in lower case. */
  readonly last: number;
  readonly text: string;
  /** Where the word ends in the text; apostrophes before it are no part of it. */
  readonly end: number;
}

const LETTER = { d: 0x64, e: 0x65, g: 0x67, n: 0x6e, s: 0x73 } as const;
/** The prime's inverse modulo 2^32: what was multiplied can be undone. */
const FNV_PRIME_INVERSE = 0x359c449b;

/** The hash before its last character was fed. */
const before = (hash: number, character: number): number => Math.imul(hash, FNV_PRIME_INVERSE) ^ character;

/** The hash of a word on s, d or g without a plural s, -ed or -ing: few words end like this, so they are gone back from their end, which spares the others keeping track. */
const stemOf = (hash: number, { length, last, text, end }: WordEnd): number => {
  const lastAt = characterBefore(text, end);
  const secondAt = characterBefore(text, lastAt);
  const second = lowered(text.charCodeAt(secondAt));
  if (last === LETTER.s) return second === LETTER.s ? hash : before(hash, last);
  if (last === LETTER.d) return length > 4 && second === LETTER.e ? before(before(hash, last), second) : hash;
  if (length <= 5 || second !== LETTER.n) return hash;
  return before(before(before(hash, last), second), lowered(text.charCodeAt(characterBefore(text, secondAt))));
};

/** Where the character of the word stands that comes before a place. */
const characterBefore = (text: string, place: number): number => {
  let at = place - 1;
  while (text.charCodeAt(at) === APOSTROPHE || text.charCodeAt(at) === CURLY_APOSTROPHE) at -= 1;
  return at;
};

const lowered = (code: number): number => (code < 0x80 ? (partOfWord[code] as number) : lowerCodeUnit(code));

/** Letters and digits of other scripts; punctuation and symbols between U+2000 and U+2BFF, and Latin-1 signs, are not. */
const isLetterBeyondAscii = (code: number): boolean =>
  code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && !(code >= 0x2000 && code <= 0x2bff) && !(code >= 0x3000 && code <= 0x303f);

const lowerCodeUnit = (code: number): number => String.fromCharCode(code).toLowerCase().charCodeAt(0);
