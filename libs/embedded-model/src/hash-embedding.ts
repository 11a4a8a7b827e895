import { FNV_OFFSET, fnvStep } from './fnv.js';
import { normalizeText, wordsOf } from './text.js';

/** Default length of a hashed embedding. */
export const EMBEDDING_DIM = 512;

/** Inverse document frequencies by n-gram hash, learnt from a corpus with {@link fitIdf}. */
export interface IdfTable {
  readonly documents: number;
  readonly byGram: ReadonlyMap<number, number>;
}

export interface HashEmbeddingOptions {
  /** Multiplies each n-gram's weight, so that what every text contains counts little. */
  readonly idf?: IdfTable;
  /** Written over and returned where its length is `dim`: vectors of this size are costly to make anew for every text. */
  readonly into?: Float32Array | undefined;
}

/**
 * A dense vector for similarity and clustering that needs no training: word 1-2-grams and character 3-4-grams of `^word$`,
 * FNV-1a 32 bit, bucket = hash mod `dim`, sign = top bit, weight `1 + ln(count)` (times idf), unit length. A text without
 * words gives the zero vector.
 */
export function hashEmbedding(text: string, dim: number = EMBEDDING_DIM, { idf, into }: HashEmbeddingOptions = {}): Float32Array {
  if (!Number.isInteger(dim) || dim < 1) throw new RangeError(`The embedding's length must be a positive integer, not ${dim}.`);
  const vector = into?.length === dim ? into.fill(0) : new Float32Array(dim);
  const used = bitsFor(dim);
  const { hashes, counts, size } = countGrams(text);
  for (let i = 0; i < size; i += 1) {
    const hash = (hashes[i] as number) >>> 0;
    const count = counts[i] as number;
    const weight = (count === 1 ? 1 : 1 + Math.log(count)) * (idf === undefined ? 1 : idfOf(idf, hash));
    const bucket = hash % dim;
    vector[bucket] = (vector[bucket] as number) + (hash >>> 31 === 1 ? -weight : weight);
    used[bucket >>> 5] = (used[bucket >>> 5] as number) | (1 << (bucket & 31));
  }
  return toUnitLength(vector, used);
}

/** Smoothed idf, `1 + ln((1 + N) / (1 + df))`, of every n-gram of a corpus. */
export function fitIdf(texts: Iterable<string>): IdfTable {
  const frequencies = new Map<number, number>();
  let documents = 0;
  for (const text of texts) {
    documents += 1;
    const { hashes, size } = countGrams(text);
    for (let i = 0; i < size; i += 1) {
      const hash = (hashes[i] as number) >>> 0;
      frequencies.set(hash, (frequencies.get(hash) ?? 0) + 1);
    }
  }
  const byGram = new Map<number, number>();
  for (const [hash, frequency] of frequencies) byGram.set(hash, 1 + Math.log((1 + documents) / (1 + frequency)));
  return { documents, byGram };
}

/** Cosine similarity in -1..1; 0 when either vector has no length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Vectors of different lengths (${a.length} and ${b.length}) have no cosine.`);
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : dot / Math.sqrt(squaresA * squaresB);
}

function idfOf(idf: IdfTable, hash: number): number {
  return idf.byGram.get(hash) ?? 1 + Math.log(1 + idf.documents);
}

/** Distinct n-grams in the order of their first appearance; scratch space, valid until the next text. */
interface GramCounts {
  readonly hashes: Int32Array;
  readonly counts: Uint32Array;
  size: number;
}

// Scratch space reused by every call: a table of open addressing (place + 1, 0 is free), as large as the longest text so far needed.
let places = new Uint32Array(1_024);
let grams: GramCounts = { hashes: new Int32Array(512), counts: new Uint32Array(512), size: 0 };

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

function countGrams(text: string): GramCounts {
  const words = wordsOf(normalizeText(text));
  let gramsAtMost = 0;
  for (const word of words) gramsAtMost += 2 * word.length + 3;
  makeRoom(gramsAtMost);
  if (grams.size > 0) places.fill(0);
  grams.size = 0;
  let previous = FNV_OFFSET;
  words.forEach((word, i) => {
    addGram(feed(FNV_OFFSET, word));
    if (i > 0) addGram(feed(fnvStep(previous, SPACE), word));
    previous = feed(FNV_OFFSET, word);
    addCharacterGrams(word);
  });
  return grams;
}

const SPACE = 0x20;
const CARET = 0x5e;
const DOLLAR = 0x24;

/** Runs of three, then of four, characters of `^word$`. */
function addCharacterGrams(word: string): void {
  const end = word.length + 2;
  for (let length = 3; length <= 4; length += 1) {
    for (let start = 0; start + length <= end; start += 1) {
      let state = FNV_OFFSET;
      for (let i = start; i < start + length; i += 1) state = fnvStep(state, i === 0 ? CARET : i === end - 1 ? DOLLAR : word.charCodeAt(i - 1));
      addGram(state);
    }
  }
}

function feed(state: number, word: string): number {
  let next = state;
  for (let i = 0; i < word.length; i += 1) next = fnvStep(next, word.charCodeAt(i));
  return next;
}

let bits = new Int32Array(EMBEDDING_DIM / 32);

/** One bit for each component, none set. */
function bitsFor(dim: number): Int32Array {
  const length = Math.ceil(dim / 32);
  if (bits.length !== length) bits = new Int32Array(length);
  return bits.fill(0);
}

/** Looks at the components that n-grams fell into only, in the order of their places: a short text fills a small part of the vector. */
function toUnitLength(vector: Float32Array, used: Int32Array): Float32Array {
  let squares = 0;
  for (let word = 0; word < used.length; word += 1) {
    for (let rest = used[word] as number; rest !== 0; rest &= rest - 1) {
      const value = vector[word * 32 + 31 - Math.clz32(rest & -rest)] as number;
      squares += value * value;
    }
  }
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let word = 0; word < used.length; word += 1) {
    for (let rest = used[word] as number; rest !== 0; rest &= rest - 1) {
      const place = word * 32 + 31 - Math.clz32(rest & -rest);
      vector[place] = (vector[place] as number) * scale;
    }
  }
  return vector;
}
