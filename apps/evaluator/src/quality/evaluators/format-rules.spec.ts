import { describe, expect, it } from '@jest/globals';
import { compileFormatRule, qualityRulesSchema } from './format-rules.js';
import type { FormatRule } from './format-rules.js';

const check = (rule: FormatRule, response: string) => compileFormatRule(rule)(response);
const order = { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: '^A[0-9]+$' } } };
const english = 'Your parcel was handed to the carrier this morning and should reach you within three working days.';
const german = 'Ihr Paket wurde heute Morgen an den Versanddienst übergeben und sollte Sie innerhalb von drei Werktagen erreichen.';

describe('a format rule', () => {
  it.each([
    ['JSON that fits', { jsonSchema: order }, '{"id":"A12"}', 0, 0],
    ['JSON that fits, in a code fence', { jsonSchema: order }, '```json\n{"id":"A12"}\n```', 0, 0],
    ['JSON that lacks a field', { jsonSchema: order }, '{}', 1, 0],
    ['JSON whose field does not match', { jsonSchema: order }, '{"id":"B12"}', 1, 0],
    ['prose instead of JSON', { jsonSchema: order }, 'Order A12', 1, 0],
    ['a text that has what it must', { mustMatch: ['(?i)order'] }, 'My Order', 0, 0],
    ['a text that lacks it', { mustMatch: ['order', 'date'] }, 'an order', 1, 0],
    ['a text with what it must not have', { mustNotMatch: ['as an AI'] }, 'Well, as an AI I', 1, 0],
    ['a text too short and one too long', { minChars: 5, maxChars: 10 }, 'no', 0, 1],
    ['a text too long', { maxChars: 10 }, 'much too long', 0, 1],
    ['the expected language', { languages: ['deu', 'eng'] }, german, 0, 0],
    ['another language', { languages: ['eng'] }, german, 1, 0],
    ['a text too short to tell its language', { languages: ['deu'] }, 'Yes.', 0, 0],
  ] as const)('judges %s', (_, rule, response, broken, flawed) => {
    const problems = check(rule as unknown as FormatRule, response);
    expect([problems.broken.length, problems.flawed.length]).toEqual([broken, flawed]);
  });

  it('takes English for English', () => {
    expect(check({ languages: ['eng'] }, english)).toEqual({ broken: [], flawed: [] });
  });

  it('is not slow at expressions that send a backtracking engine astray, in rules and in schemas', () => {
    const trap = `${'a'.repeat(5_000)}!`;
    expect(check({ mustMatch: ['^(a+)+$'] }, trap).broken).toHaveLength(1);
    expect(check({ jsonSchema: { type: 'string', pattern: '^(a+)+$' } }, JSON.stringify(trap)).broken).toHaveLength(1);
  });

  it.each([
    ['a back-reference', { mustMatch: ['(a)\\1'] }, /no regular expression of RE2/u],
    ['a broken schema', { jsonSchema: { type: 'objekt' } }, /no JSON Schema/u],
    ['a language by another name', { languages: ['English'] }, /ISO 639-3/u],
    ['an unknown field', { maxLength: 5 }, /maxLength/u],
  ])('is refused with %s', (_, rule, message) => {
    expect(qualityRulesSchema.safeParse({ orders: rule }).error?.message).toMatch(message);
  });
});
