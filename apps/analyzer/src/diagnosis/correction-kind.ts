import { normalizeAnswer } from '@ratchet/domain';
import { deniesExistence } from './text-cues.js';

/** Longer texts are cut, so that one of them cannot hold up an analysis. */
const READ_CHARS = 8_000;
/** Shared words above which a correction rewrites the response's facts and keeps its shape. */
const SAME_SHAPE_JACCARD = 0.5;
/** Shared words above which it is at least about the same thing. */
const SAME_SUBJECT_JACCARD = 0.2;
/** "Canberra" corrects a fact; a sentence of its own is another answer. */
const SHORT_FACT_WORDS = 4;
/** Words of the correction that the reply has, too, above which it says the same in another form. */
const RESHAPED_CONTAINMENT = 0.75;
const SHORTER = 0.8;

/**
 * - `same`: repeats the reply
 * - `denial`: says that something in the reply does not exist
 * - `reshaped`: the reply's own words in another form
 * - `fact`: the reply with other facts
 * - `subject`: about the same thing, yet neither of these
 * - `other_answer`: about something else
 */
export type CorrectionKind = 'same' | 'denial' | 'reshaped' | 'fact' | 'subject' | 'other_answer';

const FUNCTION_WORDS = new Set('a an the and or of to in on at by for from with is are was were be it its you your we our i my this that there as if not no yes can may will do does have has'.split(' '));

const wordListOf = (text: string): string[] => normalizeAnswer(text.slice(0, READ_CHARS)).match(/[\p{L}\p{N}]+(?:[.,:][\p{N}]+)*/gu) ?? [];
const contentOf = (words: readonly string[]): Set<string> => new Set(words.filter((word) => !FUNCTION_WORDS.has(word)));
const figuresOf = (words: Iterable<string>): string[] => [...words].filter((word) => /\p{N}/u.test(word));

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const shared = [...a].filter((word) => b.has(word)).length;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
};

const LIST_MARK = /(?:^|\s)(?:[-*•]|\d{1,2}[.)]|\[ \])\s|[{[]\s*"|\n/u;

const isReshaped = ({ said, corrected, response, correction }: { said: readonly string[]; corrected: readonly string[]; response: string; correction: string }): boolean => {
  const before = new Set(said);
  const content = contentOf(corrected);
  if (content.size < 2) return false;
  const contained = [...content].filter((word) => before.has(word)).length / content.size;
  // Numbers of list items are form; any other new figure is a fact.
  const newFigures = figuresOf(content).filter((figure) => !before.has(figure) && !/^\d{1,2}$/u.test(figure));
  if (newFigures.length > 0 || contained < RESHAPED_CONTAINMENT) return false;
  const listed = LIST_MARK.test(correction) && !LIST_MARK.test(response);
  const reordered = contained === 1 && content.size === contentOf(said).size;
  return listed || reordered || (corrected.length < said.length * SHORTER && corrected.length > SHORT_FACT_WORDS);
};

const swapsFigures = (said: readonly string[], corrected: readonly string[]): boolean => {
  const before = figuresOf(said);
  return before.length > 0 && figuresOf(corrected).some((figure) => !before.includes(figure));
};

const NEGATES = /\b(?:no|not|never|none|cannot|can only|n't)\b/iu;
const AFFIRMS = /^\W*(?:yes\b|it (?:has|does|can|is)\b|there (?:is|are)\b|you (?:can|may)\b|they (?:do|are|can)\b)/iu;

/** How a correction stands to the reply that it corrects, by their words and figures alone. */
export const correctionKindOf = ({ response, correction }: { readonly response: string; readonly correction: string }): CorrectionKind => {
  if (normalizeAnswer(response) === normalizeAnswer(correction)) return 'same';
  const said = wordListOf(response);
  const corrected = wordListOf(correction);
  const named = contentOf(said);
  if (deniesExistence(correction) && [...contentOf(corrected)].some((word) => named.has(word))) return 'denial';
  if (isReshaped({ said, corrected, response, correction })) return 'reshaped';
  if (corrected.length > 0 && corrected.length <= SHORT_FACT_WORDS && said.length > corrected.length) return 'fact';
  const likeness = jaccard(new Set(said), new Set(corrected));
  if (likeness >= SAME_SHAPE_JACCARD) return 'fact';
  if (NEGATES.test(response) && AFFIRMS.test(correction)) return 'fact';
  const sameSubject = jaccard(contentOf(said), contentOf(corrected)) >= SAME_SUBJECT_JACCARD;
  if (swapsFigures(said, corrected)) return 'fact';
  return sameSubject ? 'subject' : 'other_answer';
};

/** Figures (also times and dates) in `said` that neither the reply nor the request has, while the reply has some: another value for a fact. */
export const namesAnotherFigure = ({ said, response, query }: { readonly said: string; readonly response: string; readonly query: string }): boolean => {
  const given = figuresOf(wordListOf(response));
  const known = new Set([...given, ...figuresOf(wordListOf(query))]);
  return given.length > 0 && figuresOf(wordListOf(said)).some((figure) => !known.has(figure));
};

/** Words of the request that come back in what the user said next, though the reply lacks them: the reply passed them over. */
export const insistsOnOwnWords = ({ said, response, query }: { readonly said: string; readonly response: string; readonly query: string }): boolean => {
  const answered = contentOf(wordListOf(response));
  const passedOver = [...contentOf(wordListOf(query))].filter((word) => word.length > 2 && !answered.has(word));
  const again = contentOf(wordListOf(said));
  return passedOver.some((word) => again.has(word));
};
