import { type ScannedWords, wordHash } from '../text/word-scanner.js';
import { type CueName, type CueList, userCues, replyCues } from './en.js';

/** Cues found in a message: how often each, and the words of the first hit. */
export interface CueHits {
  readonly counts: Readonly<Partial<Record<CueName, number>>>;
  readonly words: Readonly<Partial<Record<CueName, string>>>;
}

interface Ending {
  readonly cue: CueName;
  readonly phrase: string;
  readonly onlyFirst: boolean;
}
interface Node {
  readonly next: Map<number, Node>;
  readonly endings: Ending[];
}

const newNode = (): Node => ({ next: new Map(), endings: [] });

const buildTrie = (lists: readonly CueList[]): Node => {
  const root = newNode();
  for (const { cue, phrases, position } of lists) {
    for (const phrase of phrases) {
      let node = root;
      for (const word of phrase.split(' ')) {
        const hash = wordHash(word);
        const child = node.next.get(hash) ?? newNode();
        node.next.set(hash, child);
        node = child;
      }
      node.endings.push({ cue, phrase, onlyFirst: position === 'first' });
    }
  }
  return root;
};

const tries = { user: buildTrie(userCues), reply: buildTrie(replyCues) };
/** "Hi, no" and "well, no" start with no as much as "no" does. */
const openers: ReadonlySet<number> = new Set(['oh', 'ah', 'um', 'uh', 'hmm', 'well', 'hi', 'hey', 'hello', 'so', 'and', 'but'].map(wordHash));
const NO_HITS: CueHits = { counts: {}, words: {} };

/** One pass over the words; at each word it follows the phrases that begin there, and every phrase that ends is a hit. */
export const matchCues = ({ words, count }: Pick<ScannedWords, 'words' | 'count'>, audience: 'user' | 'reply'): CueHits => {
  const root = tries[audience];
  let hits: { counts: Partial<Record<CueName, number>>; words: Partial<Record<CueName, string>> } | undefined;
  let first = 0;
  while (first < count && first < 2 && openers.has(words[first] ?? 0)) first += 1;
  for (let start = 0; start < count; start += 1) {
    let node = root.next.get(words[start] ?? 0);
    for (let i = start + 1; node !== undefined; i += 1) {
      for (const { cue, phrase, onlyFirst } of node.endings) {
        if (onlyFirst && start !== first) continue;
        hits ??= { counts: {}, words: {} };
        hits.counts[cue] = (hits.counts[cue] ?? 0) + 1;
        hits.words[cue] ??= phrase;
      }
      node = i < count ? node.next.get(words[i] ?? 0) : undefined;
    }
  }
  return hits ?? NO_HITS;
};

export const hasCue = (hits: CueHits, cue: CueName): boolean => hits.counts[cue] !== undefined;
