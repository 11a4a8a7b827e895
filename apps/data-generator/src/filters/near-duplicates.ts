import { gramHashes, minHash } from '@ratchet/embedded-model';
import { foldText, tokensOf } from './fold-text.js';

/** With fewer words left, two texts that share all but one word mean different things: "cancel my plan", "cancel my order". */
const SHARED_WORDS_MIN = 4;
/** Longer texts are compared by their n-grams alone. */
const WORDS_MAX = 60;
const GRAM = 5;
/** Share of common n-grams from which two texts are one. */
const SIMILARITY_MIN = 0.8;
/** Two texts at that share meet in a band with a chance of 1 - (1 - 0.8^4)^12 = 99.8 %. */
const BANDS = 12;
const ROWS = 4;

const jaccard = (a: ReadonlySet<number>, b: ReadonlySet<number>): number => {
  let common = 0;
  for (const gram of a) if (b.has(gram)) common += 1;
  const all = a.size + b.size - common;
  return all === 0 ? 0 : common / all;
};

/** Of the smallest hashes, a few in each band. */
const bandKeys = (grams: ReadonlySet<number>): string[] => {
  if (grams.size === 0) return [];
  const least = minHash(grams, BANDS * ROWS);
  return Array.from({ length: BANDS }, (_, band) => `b${band}:${least.subarray(band * ROWS, (band + 1) * ROWS).join('.')}`);
};

/** All but one word, in order; the whole text; and its words in any order. */
const wordKeys = (words: readonly string[]): string[] => {
  if (words.length < SHARED_WORDS_MIN || words.length > WORDS_MAX) return [];
  const keys = [`w:${words.join(' ')}`, `s:${words.toSorted().join(' ')}`];
  if (words.length > SHARED_WORDS_MIN) words.forEach((_, i) => keys.push(`w:${words.toSpliced(i, 1).join(' ')}`));
  return keys;
};

interface Kept<Value> {
  readonly folded: string;
  readonly value: Value;
}

export interface Match<Value> {
  readonly value: Value;
  /** The same text but for case, punctuation, spacing, accents and look-alikes. */
  readonly same: boolean;
}

/**
 * Finds texts that are the same in disguise or nearly the same: one word swapped, added or left out, words in another order, or four fifths of their
 * n-grams in common. Looks at few of the texts it holds, however many they are.
 */
export class NearDuplicateIndex<Value> {
  private readonly byKey = new Map<string, Kept<Value>[]>();

  add(text: string, value: Value): void {
    const folded = foldText(text);
    const kept = { folded, value };
    for (const key of this.keysOf(folded)) {
      const same = this.byKey.get(key);
      if (same) same.push(kept);
      else this.byKey.set(key, [kept]);
    }
  }

  find(text: string): Match<Value>[] {
    const folded = foldText(text);
    const found = new Map<Kept<Value>, Match<Value>>();
    const grams = gramHashes(folded, GRAM);
    for (const key of this.keysOf(folded, grams)) {
      for (const kept of this.byKey.get(key) ?? []) {
        if (found.has(kept)) continue;
        // What meets in a band may have done so by chance.
        if (key.startsWith('b') && jaccard(grams, gramHashes(kept.folded, GRAM)) < SIMILARITY_MIN) continue;
        found.set(kept, { value: kept.value, same: kept.folded === folded });
      }
    }
    return [...found.values()];
  }

  has(text: string): boolean {
    return this.find(text).length > 0;
  }

  private keysOf(folded: string, grams = gramHashes(folded, GRAM)): Set<string> {
    return new Set([`f:${folded}`, ...wordKeys(tokensOf(folded)), ...bandKeys(grams)]);
  }
}
