import { createHash } from 'node:crypto';
import { gramHashes, minHash } from '@ratchet/embedded-model';

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

/** The low byte of each smallest hash: no n-gram can be had back from it. */
const signatureOf = (normalized: string): Buffer => {
  const grams = gramHashes(normalized, GRAM);
  return grams.size === 0 ? Buffer.alloc(0) : Buffer.from(minHash(grams, SIGNATURE_BYTES).map((hash) => hash & 0xff));
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
