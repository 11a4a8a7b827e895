import { createHash } from 'node:crypto';

/** What is kept of a training example: enough to find its text again in a suite, and nothing to read it by. */
export interface TextFingerprint {
  /** SHA-256 of the normalised text. */
  readonly textHash: string;
  /** MinHash of its n-grams, a byte each; empty where the text is shorter than one. */
  readonly signature: Buffer;
}

const GRAM = 5;
/** The error of a share estimated from so many is 0.025 at four fifths. */
export const SIGNATURE_BYTES = 256;

/** Case, punctuation, spacing and the way in which Unicode writes a letter make no other question. */
export const normalizeQuestion = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const fnv = (text: string, from: number): number => {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + GRAM; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const mix = (value: number, seed: number): number => {
  let x = Math.imul(value ^ seed, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

const seeds = Uint32Array.from({ length: SIGNATURE_BYTES }, (_, i) => mix(i + 1, 0x9e3779b9));

/** The low byte of each smallest hash: no n-gram can be had back from it. */
const signatureOf = (normalized: string): Buffer => {
  if (normalized.length < GRAM) return Buffer.alloc(0);
  const grams = new Set<number>();
  for (let i = 0; i + GRAM <= normalized.length; i += 1) grams.add(fnv(normalized, i));
  const least = new Uint32Array(SIGNATURE_BYTES).fill(0xffffffff);
  for (const gram of grams) {
    for (let i = 0; i < SIGNATURE_BYTES; i += 1) {
      const hash = mix(gram, seeds[i] as number);
      if (hash < (least[i] as number)) least[i] = hash;
    }
  }
  return Buffer.from(least.map((hash) => hash & 0xff));
};

export const fingerprintOf = (text: string): TextFingerprint => {
  const normalized = normalizeQuestion(text);
  // A text of signs alone is told from another one by its signs.
  return { textHash: createHash('sha256').update(normalized === '' ? text.trim() : normalized).digest('hex'), signature: signatureOf(normalized) };
};

/** The share of n-grams that two texts have in common, estimated; what agrees by chance is taken off. */
export const sharedGrams = (a: Uint8Array, b: Uint8Array): number => {
  if (a.length !== SIGNATURE_BYTES || b.length !== SIGNATURE_BYTES) return 0;
  let equal = 0;
  for (let i = 0; i < SIGNATURE_BYTES; i += 1) if (a[i] === b[i]) equal += 1;
  const chance = 1 / 256;
  return Math.max(0, (equal / SIGNATURE_BYTES - chance) / (1 - chance));
};
