import { type CueHits, matchCues } from '../cues/cue-matcher.js';
import { isStopWord } from '../cues/stop-words.js';
import { scanWords } from './word-scanner.js';

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
  readonly content: Uint32Array;
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
    content: contentOf(scanned.words, scanned.stems),
    cues: matchCues(scanned.words, audience),
    questionMarks: scanned.questionMarks,
    exclamationMarks: scanned.exclamationMarks,
    endsWithQuestion: scanned.endsWithQuestion,
    beyondAscii: scanned.beyondAscii,
    embedding: undefined,
  };
};

const contentOf = (words: Uint32Array, stems: Uint32Array): Uint32Array => {
  let size = 0;
  const kept = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i += 1) {
    if (isStopWord(words[i] ?? 0)) continue;
    kept[size] = stems[i] ?? 0;
    size += 1;
  }
  const sorted = kept.subarray(0, size).sort();
  let distinct = 0;
  for (let i = 0; i < size; i += 1) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    sorted[distinct] = sorted[i] ?? 0;
    distinct += 1;
  }
  return sorted.slice(0, distinct);
};
