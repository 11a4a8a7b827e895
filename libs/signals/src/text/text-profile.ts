import { type CueHits, isStopWord, matchCues, wordNumber } from '../cues/cue-matcher.js';
import { packStems, type StemSet } from './stem-set.js';
import { MAX_WORDS, type ScannedWords, scanWords } from './word-scanner.js';

/** A text embedding and its name; its thresholds are kept under the same name (`SignalsConfig.similarity`). */
export interface TextEmbedding {
  readonly name: string;
  /** Undefined where there is no vector for the text: it is then compared by its words, as if no embedding were configured. */
  readonly embed: (text: string) => Float32Array | undefined;
}

/** What the detectors need to know about one message, read in one pass. */
export interface TextProfile {
  /** As written, up to the number of characters that is kept. */
  readonly text: string;
  readonly wordCount: number;
  /** The distinct stems that are not stop words. */
  readonly content: StemSet;
  cues: CueHits;
  /** What there is of {@link Mark}, a bit each. */
  readonly marks: number;
}

export const Mark = { asks: 1, asksTwice: 2, exclaims: 4, endsWithQuestion: 8, beyondAscii: 16 } as const;

export const hasMark = ({ marks }: Pick<TextProfile, 'marks'>, mark: keyof typeof Mark): boolean => (marks & Mark[mark]) !== 0;

const marksOf = ({ questionMarks, exclamationMarks, endsWithQuestion, beyondAscii }: ScannedWords): number =>
  (questionMarks > 0 ? Mark.asks : 0) |
  (questionMarks > 1 ? Mark.asksTwice : 0) |
  (exclamationMarks > 0 ? Mark.exclaims : 0) |
  (endsWithQuestion ? Mark.endsWithQuestion : 0) |
  (beyondAscii ? Mark.beyondAscii : 0);

export interface ProfileOptions {
  /** Longer texts are read as a whole, and kept up to this many characters. */
  readonly keptChars?: number | undefined;
}

export const profileOf = (text: string, audience: 'user' | 'reply', { keptChars = Number.POSITIVE_INFINITY }: ProfileOptions = {}): TextProfile => {
  const scanned = scanWords(text);
  const { count, words } = scanned;
  for (let i = 0; i < count; i += 1) numbers[i] = wordNumber(words[i] as number);
  return {
    text: keptText(text, keptChars),
    wordCount: count,
    content: contentOf(scanned),
    cues: matchCues({ numbers, count }, audience),
    marks: marksOf(scanned),
  };
};

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** What is kept of a text, and so what it is compared by. */
export const keptText = (text: string, keptChars: number): string => (text.length > keptChars ? cutText(text, keptChars) : text);

/** The first characters, none of them halved; a copy, because a part of a string keeps the whole string in memory. */
export const cutText = (text: string, chars: number): string => {
  const end = isHighSurrogate(text.charCodeAt(chars - 1)) ? chars - 1 : chars;
  return JSON.parse(JSON.stringify(text.slice(0, end))) as string;
};

// Scratch space, as the scanner's.
const numbers = new Int32Array(MAX_WORDS);
const sorted = new Int32Array(MAX_WORDS);

/** Messages are short, so inserting in order beats sorting afterwards. */
const contentOf = ({ count, stems }: ScannedWords): StemSet => {
  let size = 0;
  for (let i = 0; i < count; i += 1) {
    if (isStopWord(numbers[i] as number)) continue;
    const stem = stems[i] as number;
    let at = size;
    while (at > 0 && (sorted[at - 1] as number) > stem) at -= 1;
    if (at > 0 && sorted[at - 1] === stem) continue;
    for (let j = size; j > at; j -= 1) sorted[j] = sorted[j - 1] as number;
    sorted[at] = stem;
    size += 1;
  }
  return packStems(sorted, size);
};
