import { scanWords } from '../text/word-scanner.js';
import type { CueLanguage } from './cue-language.js';
import { type Audience, type CueName, replyCues, userCues } from './cue-names.js';
import { Vocabulary } from './vocabulary.js';

export interface FirstHit {
  readonly bit: number;
  readonly phrase: string;
}

interface Ending extends FirstHit {
  readonly onlyFirst: boolean;
}

const bitsOf = (names: readonly CueName[]): [CueName, number][] => {
  if (names.length > 30) throw new RangeError('More cues of an audience than an integer has bits.');
  return names.map((name, i) => [name, 1 << i]);
};

/** Each audience has bits of its own, since no message is of both. */
export const cueBits = Object.fromEntries([...bitsOf(userCues), ...bitsOf(replyCues)]) as Readonly<Record<CueName, number>>;

/** Phrases by their words: node 0 stands for no phrase, node 1 for the start, and the next node is found under (node, word). */
class PhraseTrie {
  readonly #next = new Map<number, number>();
  readonly #afterFirst: Int32Array;
  readonly #endings: Ending[][] = [[], []];
  readonly #stride: number;

  constructor({ languages, audience, numbersOf, words }: { languages: readonly CueLanguage[]; audience: Audience; numbersOf: (phrase: string) => readonly number[]; words: number }) {
    this.#stride = 2 ** Math.ceil(Math.log2(words + 1));
    for (const { cue, phrases, onlyFirst } of languages.flatMap(({ cues }) => cues.filter((list) => list.audience === audience))) {
      for (const phrase of phrases) {
        let node = 1;
        for (const number of numbersOf(phrase)) node = this.#child(node, number);
        this.#endings[node]?.push({ bit: cueBits[cue], phrase, onlyFirst });
      }
    }
    this.#afterFirst = Int32Array.from({ length: words + 1 }, (_, number) => this.#next.get(this.#key(1, number)) ?? 0);
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
    return node * this.#stride + number;
  }

  #child(node: number, number: number): number {
    const known = this.#next.get(this.#key(node, number));
    if (known !== undefined) return known;
    const child = this.#endings.push([]) - 1;
    this.#next.set(this.#key(node, number), child);
    return child;
  }
}

/** The phrases, openers and stop words of some languages together, ready to be looked up word by word. */
export class CueBook {
  readonly tries: Readonly<Record<Audience, PhraseTrie>>;
  readonly #vocabulary: Vocabulary;
  readonly #isStop: Uint8Array;
  readonly #isOpener: Uint8Array;

  constructor(languages: readonly CueLanguage[]) {
    const texts = languages.flatMap(({ openers, stopWords, cues }) => [...openers, ...stopWords, ...cues.flatMap(({ phrases }) => phrases)]);
    // By distinct words: a table no larger than needed stays in the processor's first cache.
    const vocabulary = new Vocabulary(new Set(texts.flatMap(hashesOf)).size);
    const numbersOf = (text: string): number[] => hashesOf(text).map((hash) => vocabulary.add(hash));
    texts.forEach(numbersOf);
    const flagged = (words: readonly string[]): Uint8Array => {
      const flags = new Uint8Array(vocabulary.size + 1);
      for (const number of words.flatMap(numbersOf)) flags[number] = 1;
      return flags;
    };
    this.#isStop = flagged(languages.flatMap(({ stopWords }) => stopWords));
    this.#isOpener = flagged(languages.flatMap(({ openers }) => openers));
    this.#vocabulary = vocabulary;
    const trieOf = (audience: Audience): PhraseTrie => new PhraseTrie({ languages, audience, numbersOf, words: vocabulary.size });
    this.tries = { user: trieOf('user'), reply: trieOf('reply') };
  }

  /** The number of a word, 0 for one that is in none of the lists. */
  wordNumber(hash: number): number {
    return this.#vocabulary.idOf(hash);
  }

  isStopWord(number: number): boolean {
    return this.#isStop[number] === 1;
  }

  isOpener(number: number): boolean {
    return this.#isOpener[number] === 1;
  }
}

/** Read as messages are, so that a phrase matches however its file writes capitals and apostrophes. */
const hashesOf = (text: string): number[] => {
  const { count, words } = scanWords(text);
  return Array.from(words.subarray(0, count));
};
