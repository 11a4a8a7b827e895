/** Says what is wrong with a phrase. */
export class PhraseError extends Error {
  override readonly name = 'PhraseError';
}

/** So that two long sets in one phrase do not fill the memory by accident. */
const EXPANDED_MAX = 20_000;

/**
 * All phrases that a pattern stands for: `{name}` is any phrase of that set, `(a|b|)` one of the alternatives, of which one may be
 * nothing. Neither stands within another.
 */
export const expandPhrase = (pattern: string, sets: Readonly<Record<string, readonly string[]>>): string[] => {
  let phrases = [''];
  for (const part of partsOf(pattern)) {
    const choices = choicesOf(part, sets);
    if (phrases.length * choices.length > EXPANDED_MAX) throw new PhraseError(`stands for more than ${EXPANDED_MAX} phrases`);
    phrases = phrases.flatMap((phrase) => choices.map((choice) => phrase + choice));
  }
  return [...new Set(phrases.map((phrase) => phrase.trim().replace(/\s+/gu, ' ')))];
};

const partsOf = (pattern: string): string[] => {
  const parts = pattern.match(/\{[^{}()]*\}|\([^{}()]*\)|[^{}()]+/gu) ?? [];
  if (parts.join('') !== pattern) throw new PhraseError('a bracket is not closed, or stands within another');
  return parts;
};

const choicesOf = (part: string, sets: Readonly<Record<string, readonly string[]>>): readonly string[] => {
  if (part.startsWith('(')) return part.slice(1, -1).split('|').map((choice) => choice.trim());
  if (!part.startsWith('{')) return [part];
  const name = part.slice(1, -1).trim();
  const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (set === undefined) throw new PhraseError(`there is no set "${name}"`);
  return set;
};
