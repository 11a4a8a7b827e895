import { fnv1a } from './fnv.js';
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
}

/**
 * A dense vector for similarity and clustering that needs no training: word 1-2-grams and character 3-4-grams of `^word$`,
 * FNV-1a 32 bit, bucket = hash mod `dim`, sign = top bit, weight `1 + ln(count)` (times idf), unit length. A text without
 * words gives the zero vector.
 */
export function hashEmbedding(text: string, dim: number = EMBEDDING_DIM, { idf }: HashEmbeddingOptions = {}): Float32Array {
  if (!Number.isInteger(dim) || dim < 1) throw new RangeError(`The embedding's length must be a positive integer, not ${dim}.`);
  const vector = new Float32Array(dim);
  for (const [hash, count] of countGrams(text)) {
    const weight = (1 + Math.log(count)) * (idf === undefined ? 1 : idfOf(idf, hash));
    const bucket = hash % dim;
    vector[bucket] = (vector[bucket] as number) + (hash >>> 31 === 1 ? -weight : weight);
  }
  return toUnitLength(vector);
}

/** Smoothed idf, `1 + ln((1 + N) / (1 + df))`, of every n-gram of a corpus. */
export function fitIdf(texts: Iterable<string>): IdfTable {
  const frequencies = new Map<number, number>();
  let documents = 0;
  for (const text of texts) {
    documents += 1;
    for (const hash of countGrams(text).keys()) frequencies.set(hash, (frequencies.get(hash) ?? 0) + 1);
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

function countGrams(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  const add = (gram: string): void => {
    const hash = fnv1a(gram);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  };
  let previous = '';
  for (const word of wordsOf(normalizeText(text))) {
    add(word);
    if (previous !== '') add(`${previous} ${word}`);
    previous = word;
    const marked = `^${word}$`;
    for (const length of [3, 4]) {
      for (let start = 0; start + length <= marked.length; start += 1) add(marked.slice(start, start + length));
    }
  }
  return counts;
}

function toUnitLength(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] as number) * scale;
  return vector;
}
