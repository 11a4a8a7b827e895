import { FNV_OFFSET, fnvAsciiStep, fnvStep } from './fnv.js';
import { normalizeText, wordsOf } from './text.js';

/** Distinct n-grams of a text as hashes, with how often each is in it; scratch space, valid until the next text. */
export interface GramCounts {
  readonly hashes: Int32Array;
  readonly counts: Uint32Array;
  size: number;
}

const CARET = 0x5e;
const DOLLAR = 0x24;
const SPACE = 0x20;
const APOSTROPHE = 0x27;

/** Of an ASCII character its lower case where it is part of a word, 1 for the apostrophe, which is dropped, else 0. */
const DROPPED = 1;
const partOfWord = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9]/u.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : code === APOSTROPHE ? DROPPED : 0));

// Scratch space reused by every call: words as `^word$`, and a table of open addressing (place + 1, 0 is free); as large as the longest text so far needed.
let units = new Uint16Array(1_024);
let places = new Uint32Array(2_048);
let grams: GramCounts = { hashes: new Int32Array(1_024), counts: new Uint32Array(1_024), size: 0 };

/** Word 1-2-grams and character 3-4-grams of `^word$`. Words are as in {@link wordsOf}, which is what non-ASCII texts are read with. */
export function countGrams(text: string): GramCounts {
  // At most every other character begins a word, and a word takes two units more than it has characters.
  if (units.length < 3 * text.length + 3) units = new Uint16Array(6 * text.length);
  const asciiEnd = readAsciiWords(text);
  const isAscii = asciiEnd >= 0;
  const end = isAscii ? asciiEnd : readWords(text);
  makeRoom(2 * end + 2);
  if (grams.size > 0) places.fill(0);
  grams.size = 0;
  addGrams(end, isAscii ? fnvAsciiStep : fnvStep);
  return grams;
}

/** Writes the words of an ASCII text to `units` and gives their end; -1 for a text that has other characters. */
function readAsciiWords(text: string): number {
  let end = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return -1;
    const part = partOfWord[code] as number;
    if (part === DROPPED) continue;
    if (part !== 0) {
      if (!inWord) units[end++] = CARET;
      inWord = true;
      units[end++] = part;
    } else if (inWord) {
      units[end++] = DOLLAR;
      inWord = false;
    }
  }
  if (inWord) units[end++] = DOLLAR;
  return end;
}

function readWords(text: string): number {
  const words = wordsOf(normalizeText(text));
  const needed = words.reduce((sum, word) => sum + word.length + 2, 0);
  // Compatibility forms can be longer than what they stand for.
  if (units.length < needed) units = new Uint16Array(2 * needed);
  let end = 0;
  for (const word of words) {
    units[end++] = CARET;
    for (let i = 0; i < word.length; i += 1) units[end++] = word.charCodeAt(i);
    units[end++] = DOLLAR;
  }
  return end;
}

function addGrams(end: number, step: (state: number, codeUnit: number) => number): void {
  let previous = 0;
  for (let from = 0; from < end; ) {
    let word = FNV_OFFSET;
    let pair = step(previous, SPACE);
    let at = from + 1;
    for (; units[at] !== DOLLAR; at += 1) {
      const unit = units[at] as number;
      word = step(word, unit);
      pair = step(pair, unit);
    }
    addGram(word);
    if (from > 0) addGram(pair);
    previous = word;
    // A run of four begins with the run of three at the same place.
    for (let start = from; start + 2 <= at; start += 1) {
      const three = step(step(step(FNV_OFFSET, units[start] as number), units[start + 1] as number), units[start + 2] as number);
      addGram(three);
      if (start + 3 <= at) addGram(step(three, units[start + 3] as number));
    }
    from = at + 1;
  }
}

function makeRoom(gramsAtMost: number): void {
  let slots = places.length;
  while (slots < 2 * gramsAtMost) slots *= 2;
  if (slots === places.length) return;
  places = new Uint32Array(slots);
  grams = { hashes: new Int32Array(slots / 2), counts: new Uint32Array(slots / 2), size: 0 };
}

/** Spreads the few bits in which neighbouring n-grams differ. */
function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (places.length - 1);
}

function addGram(hash: number): void {
  const { hashes, counts, size } = grams;
  let slot = slotOf(hash);
  for (;;) {
    const place = places[slot] as number;
    if (place === 0) {
      places[slot] = size + 1;
      hashes[size] = hash;
      counts[size] = 1;
      grams.size = size + 1;
      return;
    }
    if (hashes[place - 1] === hash) {
      counts[place - 1] = (counts[place - 1] as number) + 1;
      return;
    }
    slot = (slot + 1) & (places.length - 1);
  }
}
