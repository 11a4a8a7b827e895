import { CueBook, cueBits, type FirstHit } from './cue-book.js';
import { type CueLanguage, cueLanguageOf } from './cue-language.js';
import type { Audience, CueName } from './cue-names.js';
import english from './languages/en.json' with { type: 'json' };

/** Cues found in a message: which, and the words of the first hit of each. */
export interface CueHits {
  /** One bit a cue. */
  readonly bits: number;
  /** How many words of negation there are in a user's message, however often each. */
  readonly negations: number;
  readonly firstHits: readonly FirstHit[];
}

export const NO_HITS: CueHits = { bits: 0, negations: 0, firstHits: [] };

export const hasCue = (hits: CueHits, cue: CueName): boolean => (hits.bits & cueBits[cue]) !== 0;

/** The words that showed the cue first; undefined where nothing did. */
export const wordsOfCue = (hits: CueHits, cue: CueName): string | undefined => {
  const bit = cueBits[cue];
  return (hits.bits & bit) === 0 ? undefined : hits.firstHits.find((hit) => hit.bit === bit)?.phrase;
};

const byBits = new Map<number, CueHits>();
const SHARED_MAX = 10_000;

/** Which cues there were without their words: one object for all messages with the same ones, for what is kept of a message. */
export const withBitsOnly = ({ bits }: CueHits): CueHits => {
  if (bits === 0) return NO_HITS;
  const known = byBits.get(bits);
  if (known !== undefined) return known;
  const shared: CueHits = { bits, negations: 0, firstHits: [] };
  if (byBits.size < SHARED_MAX) byBits.set(bits, shared);
  return shared;
};

const byFailure = new Map<string, CueHits>();

/** The same for a reply, with the words by which it says that it cannot help. */
export const withFailureWords = (hits: CueHits): CueHits => {
  const cue = hasCue(hits, 'does_not_know') ? 'does_not_know' : 'failed';
  const phrase = wordsOfCue(hits, cue);
  if (phrase === undefined) return withBitsOnly(hits);
  const name = `${hits.bits}:${phrase}`;
  const known = byFailure.get(name);
  if (known !== undefined) return known;
  const shared: CueHits = { bits: hits.bits, negations: 0, firstHits: [{ bit: cueBits[cue], phrase }] };
  if (byFailure.size < SHARED_MAX) byFailure.set(name, shared);
  return shared;
};

/** What ships: English. */
export const shippedLanguages: readonly CueLanguage[] = [cueLanguageOf(english)];

let book = new CueBook(shippedLanguages);

/**
 * The languages that messages are read in from now on, in this process; before the first message, since what was read stays as it is.
 * Replaces what was set before: leave {@link shippedLanguages} in to add to them.
 */
export const useCueLanguages = (languages: readonly CueLanguage[]): void => {
  book = new CueBook(languages);
};

/** The number of a word, 0 for one that is in none of the lists. */
export const wordNumber = (hash: number): number => book.wordNumber(hash);
/** Whether a word says nothing about the topic of a request. */
export const isStopWord = (number: number): boolean => book.isStopWord(number);

/** One pass over the words (by number); at each it follows the phrases that begin there, and every phrase that ends is a hit. */
export const matchCues = ({ numbers, count }: { readonly numbers: Int32Array; readonly count: number }, audience: Audience): CueHits => {
  const trie = book.tries[audience];
  const negation = audience === 'user' ? cueBits.negation : 0;
  let bits = 0;
  let negations = 0;
  let firstHits: FirstHit[] | undefined;
  let first = 0;
  while (first < count && first < 2 && book.isOpener(numbers[first] as number)) first += 1;
  for (let start = 0; start < count; start += 1) {
    const number = numbers[start] as number;
    if (number === 0) continue;
    let node = trie.begin(number);
    for (let i = start + 1; node !== 0; i += 1) {
      for (const ending of trie.endingsAt(node)) {
        const { bit, onlyFirst } = ending;
        if (onlyFirst && start !== first) continue;
        if (bit === negation) negations += 1;
        if ((bits & bit) !== 0) continue;
        bits |= bit;
        (firstHits ??= []).push(ending);
      }
      const next = i < count ? (numbers[i] as number) : 0;
      node = next === 0 ? 0 : trie.step(node, next);
    }
  }
  return firstHits === undefined ? NO_HITS : { bits, negations, firstHits };
};
