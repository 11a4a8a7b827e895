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

/** Mail addresses that are spelled for people: `jo (at) example (dot) org`, `jo at example dot org`, `jo @ example.org`. */
export const findSpelledMail = (text: string): Span[] =>
  [...text.matchAll(SPELLED)].map(({ 0: found, index }) => ({ start: index, end: index + found.length }));
