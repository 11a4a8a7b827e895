export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Word extends Span {
  readonly word: string;
}

/** As the detectors read: small letters, without apostrophes, whatever stands between words. */
const wordsIn = (text: string): Word[] =>
  [...text.matchAll(/[\p{L}\p{N}\p{M}'’]+/gu)].flatMap(({ 0: found, index }) => {
    const word = found.replaceAll(/['’]/gu, '').toLowerCase();
    return word === '' ? [] : [{ word, start: index, end: index + found.length }];
  });

/** Everywhere that a text says the phrase: its words, one after the other. */
export const findPhrase = (text: string, phrase: string): Span[] => {
  const searched = wordsIn(phrase).map(({ word }) => word);
  const words = wordsIn(text);
  const spans: Span[] = [];
  for (let at = 0; searched.length > 0 && at + searched.length <= words.length; at += 1) {
    if (!searched.every((word, place) => words[at + place]?.word === word)) continue;
    spans.push({ start: words[at]?.start ?? 0, end: words[at + searched.length - 1]?.end ?? 0 });
    at += searched.length - 1;
  }
  return spans;
};

const CUT = '…';

/** Where a text has what evidence quotes of it, which is cut where it is long. */
export const findQuote = (text: string, quote: string): Span | undefined => {
  const quoted = (quote.endsWith(CUT) && !text.includes(quote) ? quote.slice(0, -CUT.length) : quote).trim();
  const start = quoted === '' ? -1 : text.indexOf(quoted);
  return start < 0 ? undefined : { start, end: start + quoted.length };
};
