import type { Span } from './replace-spans.js';

/** A text as finders read it, and where each of its characters stands in the text that was given. */
export interface PlainText {
  readonly text: string;
  /** The span of the given text that a span of this one stands for. */
  original(span: Span): Span;
}

/** Digits of any script, wide forms, and characters that are not seen: what hides a number or an address from a search. */
const HIDING = /[\p{Cf}\u034f\ufe00-\ufe0f]|(?![0-9])\p{Nd}|[\uff01-\uff5e\uff0e\u2024\u3002\ufe52\ufe6b\u2010-\u2015\u2212]/u;
/** Looked at first: most texts are plain, and this is the cheapest way to know. */
const NOT_ASCII = /[^\u0000-\u007f]/;
const INVISIBLE = /[\p{Cf}\u034f\ufe00-\ufe0f]/u;
const DIGIT = /\p{Nd}/u;
const STOPS: ReadonlySet<string> = new Set(['\u2024', '\u3002', '\ufe52']);
const DASHES = /[\u2010-\u2015\u2212]/u;

/** Decimal digits of a script stand in order, ten from its zero on: the last character before them that is no digit tells where. */
const digitValue = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
};

const plainOf = (char: string): string => {
  if (INVISIBLE.test(char)) return '';
  if (char >= '0' && char <= '9') return char;
  const wide = char.normalize('NFKC');
  if (wide.length === 1 && wide >= '!' && wide <= '~') return wide;
  if (DIGIT.test(char)) return digitValue(char);
  if (STOPS.has(char)) return '.';
  return DASHES.test(char) ? '-' : char;
};

/** Makes plain what was written to be overlooked; most texts hold nothing of the kind, and come back as they are. */
export const plainText = (given: string): PlainText => {
  if (!NOT_ASCII.test(given) || !HIDING.test(given)) return { text: given, original: (span) => span };
  let text = '';
  const places: number[] = [];
  let at = 0;
  for (const char of given) {
    const plain = plainOf(char);
    text += plain;
    for (let i = 0; i < plain.length; i += 1) places.push(at + Math.min(i, char.length - 1));
    at += char.length;
  }
  const endOf = (end: number): number => {
    const last = places[end - 1] ?? 0;
    return last + ((given.codePointAt(last) ?? 0) > 0xffff ? 2 : 1);
  };
  return { text, original: ({ start, end }) => ({ start: places[start] ?? given.length, end: endOf(end) }) };
};
