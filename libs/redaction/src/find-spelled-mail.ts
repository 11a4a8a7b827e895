import type { Span } from './replace-spans.js';

// Every part is bounded, so that no text makes the search slow.
const LOCAL = '[\\p{L}\\p{N}._%+-]{1,64}';
const LABEL = '[\\p{L}\\p{N}-]{1,63}';
const TOP = '\\p{L}{2,24}';
const AT_IN_BRACKETS = ' ?[([{<] ?(?:at|@) ?[)\\]}>] ?';
const DOT_IN_BRACKETS = ' ?[([{<] ?(?:dot|\\.) ?[)\\]}>] ?';
const DOT = `(?:\\.|${DOT_IN_BRACKETS}| dot )`;
/** "me at example dot com": without brackets, a spelled dot must prove that it is no sentence. */
const BARE = `${LOCAL} at (?:${LABEL}${DOT}){0,3}${LABEL} dot ${TOP}`;
const BRACKETED = `${LOCAL}${AT_IN_BRACKETS}(?:${LABEL}${DOT}){1,4}${TOP}`;
const SPACED = `${LOCAL} ?@ ?(?:${LABEL}(?:\\.|${DOT_IN_BRACKETS}| dot | \\. ?|\\. )){1,4}${TOP}`;

const SPELLED = new RegExp(`(?<![\\p{L}\\p{N}._%+-])(?:${BRACKETED}|${BARE}|${SPACED})(?![\\p{L}\\p{N}])`, 'giu');

/** What stands between the parts of a spelled address; it is looked for first, because hardly any text has one. */
const MARKER = / ?[([{<] ?(?:at|@) ?[)\]}>]| @|@ | at /giu;
const SPELLED_DOT = / dot |[([{<] ?(?:dot|\.)/iu;
/** More than the longest part before a marker, and than all parts after it. */
const BEFORE = 70;
const AFTER = 400;

/** Regions of the text in which an address may be spelled, in order and apart from each other. */
const regionsOf = (text: string): Span[] => {
  const regions: { start: number; end: number }[] = [];
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    if (marker === ' at ' && !SPELLED_DOT.test(text.slice(index, index + AFTER))) continue;
    const [start, end] = [Math.max(0, index - BEFORE), Math.min(text.length, index + AFTER)];
    const last = regions.at(-1);
    if (last && start <= last.end) last.end = end;
    else regions.push({ start, end });
  }
  return regions;
};

/** Mail addresses that are spelled for people: `jo (at) example (dot) org`, `jo at example dot org`, `jo @ example.org`. */
export const findSpelledMail = (text: string): Span[] =>
  regionsOf(text).flatMap(({ start, end }) => [...text.slice(start, end).matchAll(SPELLED)].map(({ 0: found, index }) => ({ start: start + index, end: start + index + found.length })));
