import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { franc } from 'franc-min';
import { RE2JS } from 're2js';
import { z } from 'zod';

/** Under this many letters a language cannot be told. */
const LANGUAGE_LETTERS_MIN = 40;
const TEXT_MAX = 20_000;

const patternSchema = z.string().min(1).max(2_000).refine((pattern) => compiles(pattern), 'is no regular expression of RE2 (no look-around, no back-references)');

const compiles = (pattern: string): boolean => {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
};

const formatRuleSchema = z.strictObject({
  /** The whole answer is JSON that fits; a code fence around it is allowed. */
  jsonSchema: z.record(z.string(), z.unknown()).refine((schema) => schemaProblem(schema) === undefined, 'is no JSON Schema (draft 7)').optional(),
  /** RE2 syntax; each is looked for anywhere in the answer. */
  mustMatch: z.array(patternSchema).max(50).optional(),
  mustNotMatch: z.array(patternSchema).max(50).optional(),
  minChars: z.number().int().min(0).optional(),
  maxChars: z.number().int().min(1).optional(),
  /** ISO 639-3, such as `eng` or `deu`; any of them. */
  languages: z.array(z.string().regex(/^[a-z]{3}$/u, 'is no ISO 639-3 code such as eng')).min(1).optional(),
});
export type FormatRule = z.infer<typeof formatRuleSchema>;

/** Rules by workload; `*` holds for those that have none of their own. */
export const qualityRulesSchema = z.record(z.string().min(1), formatRuleSchema);
export type QualityRules = z.infer<typeof qualityRulesSchema>;

/** `pattern` in a schema runs in linear time, too; one that is not RE2's is found when the schema is compiled. */
const linearTimeRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  },
  { code: 'linearTimeRegExp' },
);

/** @throws {Error} that says what is wrong with the schema */
export const compileJsonSchema = (schema: Record<string, unknown>): ValidateFunction => new Ajv({ allErrors: false, strict: false, validateFormats: false, code: { regExp: linearTimeRegExp } }).compile(schema);

const schemaProblem = (schema: Record<string, unknown>): string | undefined => {
  try {
    compileJsonSchema(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unusable';
  }
};

export const readJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text.trim().replace(/^```(?:json)?\s*/u, '').replace(/\s*```$/u, '')) as unknown };
  } catch {
    return undefined;
  }
};

/** What an answer breaks: `broken` makes it unusable for who reads it, `flawed` less good. */
export interface FormatProblems {
  readonly broken: readonly string[];
  readonly flawed: readonly string[];
}

export type FormatCheck = (response: string) => FormatProblems;

const languageProblem = (text: string, languages: readonly string[]): string[] => {
  if ((text.match(/\p{L}/gu)?.length ?? 0) < LANGUAGE_LETTERS_MIN) return [];
  const found = franc(text);
  return found === 'und' || languages.includes(found) ? [] : [`the language looks like ${found}, not ${languages.join(' or ')}`];
};

const jsonProblem = (text: string, fits: ValidateFunction): string[] => {
  const json = readJson(text);
  if (!json) return ['the answer is no JSON'];
  if (fits(json.value) === true) return [];
  const [error] = fits.errors ?? [];
  return [`the JSON does not fit its schema: ${error?.instancePath ?? ''} ${error?.message ?? ''}`.trimEnd()];
};

/** Compiles a rule once. Expressions run in time linear in the answer, of which the first 20,000 characters are looked at. */
export const compileFormatRule = ({ jsonSchema, mustMatch = [], mustNotMatch = [], minChars = 0, maxChars = Infinity, languages }: FormatRule): FormatCheck => {
  const fits = jsonSchema && compileJsonSchema(jsonSchema);
  const wanted = mustMatch.map((pattern) => RE2JS.compile(pattern));
  const unwanted = mustNotMatch.map((pattern) => RE2JS.compile(pattern));
  return (response) => {
    const text = response.slice(0, TEXT_MAX);
    return {
      broken: [
        ...(fits ? jsonProblem(response, fits) : []),
        ...wanted.flatMap((pattern) => (pattern.matcher(text).find() ? [] : [`nothing matches ${pattern.pattern()}`])),
        ...unwanted.flatMap((pattern) => (pattern.matcher(text).find() ? [`something matches ${pattern.pattern()}`] : [])),
        ...(languages ? languageProblem(text, languages) : []),
      ],
      flawed: [
        ...(response.length < minChars ? [`the answer is shorter than ${minChars} characters`] : []),
        ...(response.length > maxChars ? [`the answer is longer than ${maxChars} characters`] : []),
      ],
    };
  };
};
