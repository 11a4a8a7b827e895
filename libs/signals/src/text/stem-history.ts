import { overlapIn, type StemSet } from './stem-set.js';

/**
 * The stem sets of the last few messages in one string, first the oldest: before each, a character with its length and a mark. One
 * string instead of a list of them takes less than half of the memory, and one look into it instead of one for each.
 */
export type StemHistory = string;

export const NO_HISTORY: StemHistory = '';

const MARKED = 0x4000;
const LENGTH = 0x3fff;
const UNITS_MAX = 32_768;
const units = Buffer.alloc(2 * UNITS_MAX);
const unitView = new Uint16Array(units.buffer, units.byteOffset, UNITS_MAX);

const endOf = (history: StemHistory, at: number): number => at + 1 + (history.charCodeAt(at) & LENGTH);

const countOf = (history: StemHistory): number => {
  let count = 0;
  for (let at = 0; at < history.length; at = endOf(history, at)) count += 1;
  return count;
};

/** With a newest set; the oldest goes where there would be more than `max`. */
export const withStems = (history: StemHistory, { stems, marked = false, max }: { stems: StemSet; marked?: boolean; max: number }): StemHistory => {
  let from = 0;
  for (let surplus = countOf(history) + 1 - max; surplus > 0; surplus -= 1) from = endOf(history, from);
  let size = 0;
  for (let i = from; i < history.length; i += 1) unitView[size++] = history.charCodeAt(i);
  unitView[size++] = stems.length | (marked ? MARKED : 0);
  for (let i = 0; i < stems.length; i += 1) unitView[size++] = stems.charCodeAt(i);
  return units.toString('utf16le', 0, 2 * size);
};

/** Share of words that the set has in common with the most similar one; 0 where there is none. */
export const largestOverlap = (history: StemHistory, stems: StemSet): number => {
  let largest = 0;
  for (let at = 0; at < history.length; at = endOf(history, at)) largest = Math.max(largest, overlapIn(history, { from: at + 1, to: endOf(history, at) }, stems));
  return largest;
};

export interface PastOverlap {
  readonly overlap: number;
  readonly marked: boolean;
}

/** Share of words in common with each, the oldest first. */
export const overlapsWith = (history: StemHistory, stems: StemSet): PastOverlap[] => {
  const overlaps: PastOverlap[] = [];
  for (let at = 0; at < history.length; at = endOf(history, at)) {
    overlaps.push({ overlap: overlapIn(history, { from: at + 1, to: endOf(history, at) }, stems), marked: (history.charCodeAt(at) & MARKED) !== 0 });
  }
  return overlaps;
};
