import { countGrams } from './gram-counts.js';

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
  // The remainder of a power of two without a division, which costs more here than all else.
  const mask = (dim & (dim - 1)) === 0 ? dim - 1 : 0;
  for (let i = 0; i < size; i += 1) {
    const hash = hashes[i] as number;
    const weight = weightOf(counts[i] as number) * (idf === undefined ? 1 : idfOf(idf, hash >>> 0));
    const bucket = mask > 0 ? hash & mask : (hash >>> 0) % dim;
    vector[bucket] = (vector[bucket] as number) + (hash < 0 ? -weight : weight);
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

/** Cosine similarity of two vectors of unit length or of no length, as {@link hashEmbedding} makes them: a third of the work of {@link cosine}. */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`Vectors of different lengths (${a.length} and ${b.length}) have no product.`);
  let dot = 0;
  for (let i = 0; i < a.length; i += 1) dot += (a[i] as number) * (b[i] as number);
  return dot;
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

const WEIGHTS = Float64Array.from({ length: 64 }, (_, count) => 1 + Math.log(count));

function weightOf(count: number): number {
  return count < WEIGHTS.length ? (WEIGHTS[count] as number) : 1 + Math.log(count);
}

function idfOf(idf: IdfTable, hash: number): number {
  return idf.byGram.get(hash) ?? 1 + Math.log(1 + idf.documents);
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
