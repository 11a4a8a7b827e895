import { FNV_OFFSET, fnvStep } from './fnv.js';
import { normalizeText, wordsOf } from './text.js';

/** Name of this featurizer; a checkpoint records it and refuses to load under another one. */
export const FEATURES_VERSION = 'h14-idf';

/** Number of slots that n-grams are hashed into: 2^14. */
export const FEATURE_SLOTS = 16_384;

/** Longer texts are read up to this many characters, which bounds the work of a request. */
export const MAX_TEXT_CHARS = 4_000;

/** A sparse vector: parallel arrays, slots in order of first appearance. */
export interface SparseVector {
  readonly slots: Uint16Array;
  readonly values: Float32Array;
}

const { imul, log, min, sqrt } = Math;

const WORD_SEED = fnvStep(FNV_OFFSET, 1);
const CHAR_SEED = fnvStep(FNV_OFFSET, 2);
const CHAR_NGRAM_MIN = 2;
const CHAR_NGRAM_MAX = 5;

// Scratch space reused by every call: JavaScript runs one call at a time per thread, and workers get their own copy.
const counts = new Uint16Array(FEATURE_SLOTS);
const touched = new Uint16Array(FEATURE_SLOTS);

/**
 * Hashed n-grams, `h14`, with `-idf` for the slot weights that a training fits: word 1- and 2-grams and character 2- to 5-grams (over the text with single spaces), 32-bit FNV-1a
 * folded into 2^14 slots, weight `1 + ln(count)`, times the slot's own weight where
 * weights are given, scaled to unit length. An empty text gives an empty vector.
 */
export function featurize(text: string, slotWeights?: Float32Array): SparseVector {
  const normalized = normalizeText(text.length > MAX_TEXT_CHARS ? text.slice(0, MAX_TEXT_CHARS) : text);
  let size = 0;
  const add = (state: number): void => {
    const slot = foldHash(state);
    const count = counts[slot] as number;
    if (count === 0) {
      touched[size] = slot;
      size += 1;
    }
    if (count < 0xffff) counts[slot] = count + 1;
  };
  addWords(wordsOf(normalized), add);
  addCharacters(normalized === '' ? '' : ` ${normalized} `, add);
  return collect(size, slotWeights);
}

/** Weight of a sentence vector beside the n-grams, which have unit length as well. */
const SENTENCE_SCALE = 1;

/** The n-grams of a text and, in the slots after theirs, its sentence vector. */
export function joinSentence({ slots, values }: SparseVector, sentence: Float32Array): SparseVector {
  const size = slots.length + sentence.length;
  const joined = { slots: new Uint16Array(size), values: new Float32Array(size) };
  joined.slots.set(slots);
  joined.values.set(values);
  for (let i = 0; i < sentence.length; i += 1) {
    joined.slots[slots.length + i] = FEATURE_SLOTS + i;
    joined.values[slots.length + i] = SENTENCE_SCALE * (sentence[i] as number);
  }
  return joined;
}

/** Inverse document frequency of each slot, `ln((1 + n) / (1 + df)) + 1`: what is in most texts says little about any. A slot never seen gets the largest weight. */
export function inverseDocumentFrequencies(texts: Iterable<string>): Float32Array {
  const documents = new Uint32Array(FEATURE_SLOTS);
  let n = 0;
  for (const text of texts) {
    n += 1;
    for (const slot of featurize(text).slots) documents[slot] = (documents[slot] as number) + 1;
  }
  return Float32Array.from(documents, (df) => log((1 + n) / (1 + df)) + 1);
}

/** Folds a 32-bit state to 14 bits; the multiplication spreads the low entropy that FNV leaves in neighbouring short strings. */
function foldHash(state: number): number {
  const mixed = imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 16)) & (FEATURE_SLOTS - 1);
}

function addWords(words: readonly string[], add: (state: number) => void): void {
  let previous = '';
  for (const word of words) {
    add(feed(WORD_SEED, word));
    if (previous !== '') add(feed(fnvStep(feed(WORD_SEED, previous), 0x20), word));
    previous = word;
  }
}

function addCharacters(padded: string, add: (state: number) => void): void {
  for (let start = 0; start < padded.length - 1; start += 1) {
    let state = CHAR_SEED;
    const end = min(padded.length, start + CHAR_NGRAM_MAX);
    for (let i = start; i < end; i += 1) {
      state = fnvStep(state, padded.charCodeAt(i));
      if (i - start + 1 >= CHAR_NGRAM_MIN) add(state);
    }
  }
}

function feed(state: number, word: string): number {
  let next = state;
  for (let i = 0; i < word.length; i += 1) next = fnvStep(next, word.charCodeAt(i));
  return next;
}

function collect(size: number, slotWeights: Float32Array | undefined): SparseVector {
  const slots = touched.slice(0, size);
  const values = new Float32Array(size);
  let squares = 0;
  for (let i = 0; i < size; i += 1) {
    const slot = slots[i] as number;
    const weight = (1 + log(counts[slot] as number)) * (slotWeights?.[slot] ?? 1);
    counts[slot] = 0;
    values[i] = weight;
    squares += weight * weight;
  }
  const scale = squares > 0 ? 1 / sqrt(squares) : 0;
  for (let i = 0; i < size; i += 1) values[i] = (values[i] as number) * scale;
  return { slots, values };
}
