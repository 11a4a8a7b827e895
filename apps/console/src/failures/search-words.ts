/** Runs of letters, digits and the marks on them, in any script. */
const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
/** A longer one is found by its beginning; PostgreSQL takes 2,046 bytes. */
const CHARS_MAX = 100;
/** Of one text: what it says is said long before. */
const WORDS_MAX = 5_000;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

const segmentsOf = (run: string): string[] => [...segmenter.segment(run)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);

/**
 * The words of texts, each once: in small letters and compatible forms (NFKC), whatever stands between them. Markup, links and addresses fall apart into
 * their words; text without spaces is taken apart by the dictionaries of Unicode's word boundaries (UAX #29).
 */
export const searchWords = (...texts: readonly string[]): string[] => {
  const words = new Set<string>();
  for (const text of texts) {
    for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(RUN)) {
      for (const word of UNSPACED.test(run) ? segmentsOf(run) : [run]) words.add(word.slice(0, CHARS_MAX).toWellFormed());
      if (words.size >= WORDS_MAX) return [...words];
    }
  }
  return [...words];
};

/** A `tsquery` that asks for all words of what somebody typed, by their beginnings; undefined where there is none in it. */
export const searchQuery = (typed: string): string | undefined => {
  const words = searchWords(typed);
  // Words hold letters, digits and marks alone, so nothing in them can be taken for an operator within quotes.
  return words.length === 0 ? undefined : words.map((word) => `'${word}':*`).join(' & ');
};
