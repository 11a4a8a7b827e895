import { wordHash } from '../text/word-scanner.js';
import { type CueList, type CueName, replyCues, userCues } from './en.js';
import { stopWords } from './stop-words.js';
import { Vocabulary } from './vocabulary.js';

/** Cues found in a message: which, and the words of the first hit of each. */
export interface CueHits {
  /** One bit a cue. */
  readonly bits: number;
  /** How many words of negation there are, however often each. */
  readonly negations: number;
  readonly firstHits: readonly FirstHit[];
}

interface FirstHit {
  readonly bit: number;
  readonly phrase: string;
}

const cueNames: readonly CueName[] = [...new Set([...userCues, ...replyCues].map(({ cue }) => cue))];
if (cueNames.length > 30) throw new RangeError('More cues than an integer has bits: split them by audience.');
const cueBits = Object.fromEntries(cueNames.map((cue, i) => [cue, 1 << i])) as Record<CueName, number>;

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

interface Ending extends FirstHit {
  readonly onlyFirst: boolean;
}

const phraseWords = [...userCues, ...replyCues].flatMap(({ phrases }) => phrases.flatMap((phrase) => phrase.split(' ')));
const openerWords = ['oh', 'ah', 'um', 'uh', 'hmm', 'well', 'hi', 'hey', 'hello', 'so', 'and', 'but'];
const vocabulary = new Vocabulary(phraseWords.length + stopWords.length);
const numbersOf = (words: readonly string[]): number[] => words.map((word) => vocabulary.add(wordHash(word)));
for (const word of phraseWords) vocabulary.add(wordHash(word));
const stopNumbers = numbersOf(stopWords);
/** "Hi, no" and "well, no" start with no as much as "no" does. */
const openerNumbers = numbersOf(openerWords);
const flagged = (numbers: readonly number[]): Uint8Array => {
  const flags = new Uint8Array(vocabulary.size + 1);
  for (const number of numbers) flags[number] = 1;
  return flags;
};
const isStop = flagged(stopNumbers);
const isOpener = flagged(openerNumbers);

/** The number of a word, 0 for one that is in none of the lists. */
export const wordNumber = (hash: number): number => vocabulary.idOf(hash);
/** Whether a word says nothing about the topic of a request. */
export const isStopWord = (number: number): boolean => isStop[number] === 1;

/** Phrases by their words: node 0 stands for no phrase, node 1 for the start, and the next node is found under (node, word). */
class PhraseTrie {
  readonly #next = new Map<number, number>();
  readonly #afterFirst = new Int32Array(vocabulary.size + 1);
  readonly #endings: Ending[][] = [[], []];

  constructor(lists: readonly CueList[]) {
    for (const { cue, phrases, position } of lists) {
      for (const phrase of phrases) {
        let node = 1;
        for (const number of numbersOf(phrase.split(' '))) node = this.#child(node, number);
        this.#endings[node]?.push({ bit: cueBits[cue], phrase, onlyFirst: position === 'first' });
      }
    }
    for (let number = 1; number <= vocabulary.size; number += 1) this.#afterFirst[number] = this.#next.get(this.#key(1, number)) ?? 0;
  }

  /** The node behind a phrase's first word. */
  begin(number: number): number {
    return this.#afterFirst[number] as number;
  }

  step(node: number, number: number): number {
    return this.#next.get(this.#key(node, number)) ?? 0;
  }

  endingsAt(node: number): readonly Ending[] {
    return this.#endings[node] as Ending[];
  }

  #key(node: number, number: number): number {
    return node * 4_096 + number;
  }

  #child(node: number, number: number): number {
    const known = this.#next.get(this.#key(node, number));
    if (known !== undefined) return known;
    const child = this.#endings.push([]) - 1;
    this.#next.set(this.#key(node, number), child);
    return child;
  }
}

if (vocabulary.size >= 4_096) throw new RangeError('More words in the lists of cues than the keys of their trie have room for.');
const tries = { user: new PhraseTrie(userCues), reply: new PhraseTrie(replyCues) };

/** One pass over the words (by number); at each it follows the phrases that begin there, and every phrase that ends is a hit. */
export const matchCues = ({ numbers, count }: { readonly numbers: Int32Array; readonly count: number }, audience: 'user' | 'reply'): CueHits => {
  const trie = tries[audience];
  let bits = 0;
  let negations = 0;
  let firstHits: FirstHit[] | undefined;
  let first = 0;
  while (first < count && first < 2 && isOpener[numbers[first] as number] === 1) first += 1;
  for (let start = 0; start < count; start += 1) {
    const number = numbers[start] as number;
    if (number === 0) continue;
    let node = trie.begin(number);
    for (let i = start + 1; node !== 0; i += 1) {
      for (const ending of trie.endingsAt(node)) {
        const { bit, onlyFirst } = ending;
        if (onlyFirst && start !== first) continue;
        if (bit === cueBits.negation) negations += 1;
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
