import { z } from 'zod';
import { scanWords } from '../text/word-scanner.js';
import { type Audience, type CueName, replyCues, userCues } from './cue-names.js';
import { expandPhrase, PhraseError } from './expand-phrase.js';

const phrasesSchema = z.array(z.string().trim().min(1, 'is empty').max(200)).min(1, 'needs a phrase').max(5_000);
const cueSchema = z.strictObject({
  phrases: phrasesSchema,
  /** `first`: counts only where the message begins with it, openers aside. */
  position: z.literal('first').optional(),
});

/** A file of cues: what people and assistants say in one language, as phrases under the name of what they show. */
const cueLanguageSchema = z.strictObject({
  language: z.string().min(2).max(35),
  /** Words that may stand before a first word: "well, no" begins with no. */
  openers: z.array(z.string().trim().min(1)).default([]),
  /** Words that say nothing about the topic of a request. */
  stopWords: z.array(z.string().trim().min(1)).default([]),
  /** Lists that phrases name in braces. */
  sets: z.record(z.string().regex(/^[a-z][a-zA-Z0-9_]*$/u, 'a set is named by letters and digits'), phrasesSchema).default({}),
  user: z.partialRecord(z.enum(userCues), cueSchema).default({}),
  reply: z.partialRecord(z.enum(replyCues), cueSchema).default({}),
});

/** The phrases of one cue, expanded. */
export interface CuePhrases {
  readonly audience: Audience;
  readonly cue: CueName;
  readonly onlyFirst: boolean;
  readonly phrases: readonly string[];
}

export interface CueLanguage {
  readonly language: string;
  readonly openers: readonly string[];
  readonly stopWords: readonly string[];
  readonly cues: readonly CuePhrases[];
}

/** Says which line, cue and phrase of a file of cues is wrong. */
export class CueFileError extends Error {
  override readonly name = 'CueFileError';
}

/** Reads a file of cues. Throws a {@link CueFileError} that names the source, the line where it is known, and the rule. */
export const readCueLanguage = (text: string, source: string): CueLanguage => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CueFileError(`${source} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  try {
    return cueLanguageOf(value);
  } catch (error) {
    if (!(error instanceof CueRuleError)) throw error;
    const line = lineOf(text, error.place);
    throw new CueFileError(`${source}${line === undefined ? '' : `, line ${line}`}: ${error.message}`, { cause: error });
  }
};

/** Where in the file a rule was broken, as the keys and values to look for, outermost first. */
class CueRuleError extends Error {
  constructor(readonly place: readonly string[], rule: string) {
    super(`${place.join(' › ')}: ${rule}`);
  }
}

/** Checks and expands a parsed file. */
export const cueLanguageOf = (value: unknown): CueLanguage => {
  const parsed = cueLanguageSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CueRuleError(placeOf(value, [...(issue?.path ?? []), ...unknownKeys(issue)]), issue?.message ?? 'is not valid');
  }
  const { language, openers, stopWords, sets, user, reply } = parsed.data;
  const expanded = (audience: Audience, lists: Readonly<Record<string, z.infer<typeof cueSchema> | undefined>>): CuePhrases[] =>
    Object.entries(lists).flatMap(([cue, list]) =>
      list === undefined ? [] : [{ audience, cue: cue as CueName, onlyFirst: list.position === 'first', phrases: list.phrases.flatMap((phrase) => expandedPhrase(phrase, { sets, place: [audience, cue] })) }],
    );
  return { language, openers, stopWords, cues: [...expanded('user', user), ...expanded('reply', reply)] };
};

const expandedPhrase = (phrase: string, { sets, place }: { sets: Readonly<Record<string, readonly string[]>>; place: readonly string[] }): string[] => {
  try {
    const phrases = expandPhrase(phrase, sets);
    const wordless = phrases.find((one) => scanWords(one).count === 0);
    if (wordless !== undefined) throw new PhraseError(`"${wordless}" has no word`);
    return phrases;
  } catch (error) {
    if (error instanceof PhraseError) throw new CueRuleError([...place, phrase], error.message);
    throw error;
  }
};

const unknownKeys = (issue: z.core.$ZodIssue | undefined): readonly string[] => (issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []);

/** Keys down to what is wrong; of a list's item its text, which is easier to find than its number. */
const placeOf = (value: unknown, path: readonly PropertyKey[]): string[] => {
  let at = value;
  const place: string[] = [];
  for (const key of path) {
    const parent: unknown = at;
    at = typeof parent === 'object' && parent !== null ? (parent as Record<PropertyKey, unknown>)[key] : undefined;
    place.push(typeof key === 'number' && typeof at === 'string' && at.trim() !== '' ? at : String(key));
  }
  return place.length === 0 ? ['the file'] : place;
};

/** The line on which the last of the places stands, each looked for behind the one before it. */
const lineOf = (text: string, place: readonly string[]): number | undefined => {
  let from = 0;
  for (const part of place) {
    const found = text.indexOf(JSON.stringify(part), from);
    if (found >= 0) from = found;
  }
  return from === 0 ? undefined : text.slice(0, from).split('\n').length;
};
