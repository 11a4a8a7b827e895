import { francAll } from 'franc-min';

/** Below so many letters an identification is a guess. */
const LETTERS_MIN = 40;
/** The expected language's score in relation to the best one's; a text in it, but of unusual words, still comes close. */
const CLOSE = 0.85;
const SAMPLE_CHARS = 5_000;

const SCRIPTS: readonly [string, RegExp][] = [
  ['Latin', /\p{Script=Latin}/gu], ['Cyrillic', /\p{Script=Cyrillic}/gu], ['Greek', /\p{Script=Greek}/gu], ['Arabic', /\p{Script=Arabic}/gu], ['Hebrew', /\p{Script=Hebrew}/gu],
  ['Han', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu], ['Hangul', /\p{Script=Hangul}/gu], ['Devanagari', /\p{Script=Devanagari}/gu], ['Thai', /\p{Script=Thai}/gu],
];

const lettersIn = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;

/** The script of most letters; undefined without letters. */
const scriptOf = (text: string): string | undefined => {
  const counts = SCRIPTS.map(([name, letters]) => [name, text.match(letters)?.length ?? 0] as const).sort((a, b) => b[1] - a[1]);
  return counts[0]?.[1] ? counts[0][0] : undefined;
};

/**
 * Whether a text is in another language than those it was made of. Languages are compared where both sides have enough letters for it, and scripts always:
 * a short text in another script is in another language, a short one in the same may be in either.
 */
export const isOtherLanguage = (text: string, like: readonly string[]): boolean => {
  const sample = like.join('. ').slice(0, SAMPLE_CHARS);
  const [script, expectedScript] = [scriptOf(text), scriptOf(sample)];
  if (script === undefined || expectedScript === undefined) return false;
  if (script !== expectedScript) return true;
  if (lettersIn(text) < LETTERS_MIN || lettersIn(sample) < LETTERS_MIN) return false;
  const [expected] = francAll(sample)[0] ?? ['und'];
  if (expected === 'und') return false;
  const scores = francAll(text);
  const own = scores.find(([language]) => language === expected)?.[1] ?? 0;
  return scores[0]?.[0] !== 'und' && own < CLOSE * (scores[0]?.[1] ?? 0);
};
