import { sameAnswer } from '@ratchet/domain';
import type { ScorerChoice } from '@ratchet/domain';
import { RE2JS } from 're2js';
import { gradeReply } from '../judging/grade.js';
import { compileJsonSchema, readJson } from '../quality/evaluators/format-rules.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { expectedAnswerOf, unscored } from './scorer.js';
import type { Scored, Scorer, VersionReply } from './scorer.js';

/** So much of an answer is searched. */
const ANSWER_CHARS_MAX = 20_000;

const asScored = (isRight: boolean): Scored => ({ score: isRight ? 1 : 0, reasons: [] });

const ruleScorer = (name: string, score: (item: SuiteItem, reply: VersionReply) => Scored): Scorer => ({
  name,
  version: '1',
  compares: false,
  score: async (item, replies) => replies.map((reply) => score(item, reply)),
});

const byExpectedAnswer = (name: string, isRight: (content: string, expected: string) => boolean): Scorer =>
  ruleScorer(name, (item, { content }) => {
    const expected = expectedAnswerOf(item);
    return expected === undefined ? unscored('no_expected_answer') : asScored(isRight(content, expected));
  });

/** By what the item itself expects: a check, no refusal, safety. */
const byExpectation = (name: string): Scorer => ruleScorer(name, (item, reply) => gradeReply(item, reply, reply.bundle));

export const exactScorer = byExpectedAnswer('exact', (content, expected) => content === expected);
export const normalisedScorer = byExpectedAnswer('normalised', sameAnswer);
export const checkScorer = byExpectation('check');
export const notRefusedScorer = byExpectation('not_refused');
export const safetyScorer = byExpectation('safety_rules');

/** @throws {Error} that says what is wrong with the pattern */
export const regexScorer = (pattern: string): Scorer => {
  const compiled = RE2JS.compile(pattern);
  return ruleScorer('regex', (_, { content }) => asScored(compiled.matcher(content.slice(0, ANSWER_CHARS_MAX)).find()));
};

/** @throws {Error} that says what is wrong with the schema */
export const jsonSchemaScorer = (schema: Record<string, unknown>): Scorer => {
  const fits = compileJsonSchema(schema);
  return ruleScorer('json_schema', (_, { content }) => {
    const json = readJson(content);
    return asScored(json !== undefined && fits(json.value) === true);
  });
};

/** What keeps a choice from being used; undefined where it can be. Models are looked for elsewhere. */
export const problemOf = (choice: ScorerChoice): string | undefined => {
  try {
    if (choice.kind === 'regex') regexScorer(choice.pattern);
    if (choice.kind === 'json_schema') jsonSchemaScorer(choice.schema);
    return undefined;
  } catch (error) {
    const what = choice.kind === 'regex' ? 'the pattern is no regular expression of RE2' : 'the schema is no JSON Schema (draft 7)';
    return `${what}: ${error instanceof Error ? error.message : 'unusable'}`;
  }
};
