import { type CueHits, matchCues } from '../cues/cue-matcher.js';
import { isStopWord } from '../cues/stop-words.js';
import { type ScannedWords, scanWords } from './word-scanner.js';

/** A text embedding and its name; its thresholds are kept under the same name (`SignalsConfig.similarity`). */
export interface TextEmbedding {
  readonly name: string;
  readonly embed: (text: string) => Float32Array;
}

/** What the detectors need to know about one message, read in one pass. */
export interface TextProfile {
  readonly text: string;
  readonly wordCount: number;
  /** Sorted hashes of the distinct stems that are not stop words. */
  readonly content: readonly number[];
  readonly cues: CueHits;
  readonly questionMarks: number;
  readonly exclamationMarks: number;
  readonly endsWithQuestion: boolean;
  readonly beyondAscii: boolean;
  /** Filled by the first comparison that needs it. */
  embedding: Float32Array | undefined;
}

export const profileOf = (text: string, audience: 'user' | 'reply'): TextProfile => {
  const scanned = scanWords(text);
  return {
    text,
    wordCount: scanned.count,
    content: contentOf(scanned),
    cues: matchCues(scanned, audience),
    questionMarks: scanned.questionMarks,
    exclamationMarks: scanned.exclamationMarks,
    endsWithQuestion: scanned.endsWithQuestion,
    beyondAscii: scanned.beyondAscii,
    embedding: undefined,
  };
};

/** Messages are short, so inserting in order beats sorting afterwards. */
const contentOf = ({ count, words, stems }: ScannedWords): number[] => {
  const sorted: number[] = [];
  for (let i = 0; i < count; i += 1) {
    if (isStopWord(words[i] ?? 0)) continue;
    const stem = stems[i] ?? 0;
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1] ?? 0) > stem) at -= 1;
    if (sorted[at - 1] === stem) continue;
    sorted.push(stem);
    for (let j = sorted.length - 1; j > at; j -= 1) sorted[j] = sorted[j - 1] ?? 0;
    sorted[at] = stem;
  }
  return sorted;
};
