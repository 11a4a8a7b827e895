import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { schemaChanges } from './schema-changes.js';
import type { JsonSchema } from './schema-changes.js';

const released = z.object({
  id: z.string().min(1).max(200),
  kind: z.enum(['thumbs', 'rating']),
  comment: z.string().optional(),
  scores: z.array(z.object({ value: z.number().min(0).max(1) })).max(10),
  attributes: z.record(z.string().max(40), z.union([z.string(), z.number()])).optional(),
  output: z.object({ content: z.string() }).nullable(),
});

const jsonOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema;
const changesTo = (fields: z.ZodRawShape): string[] => schemaChanges(jsonOf(released), jsonOf(released.extend(fields)), 'e: ').map(({ at, kind, what }) => `${at} | ${kind} | ${what}`);

describe('changes of a schema', () => {
  it.each<[string, z.ZodRawShape]>([
    ['nothing', {}],
    ['an optional field that is new', { language: z.string().optional() }],
    ['an optional object that is new', { place: z.object({ city: z.string() }).optional() }],
    ['an optional field that is new inside of a list', { scores: z.array(z.object({ value: z.number().min(0).max(1), why: z.string().optional() })).max(10) }],
    ['an optional field that is new where null is allowed', { output: z.object({ content: z.string(), finishReason: z.string().optional() }).nullable() }],
    ['a description', { id: z.string().min(1).max(200).describe('of whoever asked') }],
    ['the order of values and variants', { kind: z.enum(['rating', 'thumbs']), attributes: z.record(z.string().max(40), z.union([z.number(), z.string()])).optional() }],
  ])('are none for %s', (_, fields) => expect(changesTo(fields)).toEqual([]));

  it.each<[string, z.ZodRawShape, string[]]>([
    ['a newly required field', { language: z.string() }, ['e: language | newly required | records that lack it are refused']],
    ['an optional field that becomes required', { comment: z.string() }, ['e: comment | newly required | records that lack it are refused']],
    ['a required field that becomes optional', { id: z.string().min(1).max(200).optional() }, ['e: id | no longer required | readers of the last release refuse records that lack it']],
    ['a value that is gone', { kind: z.enum(['thumbs']) }, ['e: kind | narrowed | the value "rating" is gone']],
    ['a value that is new', { kind: z.enum(['thumbs', 'rating', 'stars']) }, ['e: kind | widened | the value "stars" is new']],
    ['values in place of any text', { comment: z.enum(['a']).optional() }, ['e: comment | narrowed | only "a" may be written now']],
    ['any text in place of values', { kind: z.string() }, ['e: kind | widened | other values than "thumbs", "rating" may be written now']],
    ['another type', { comment: z.number().optional() }, ['e: comment | narrowed | its type was string and is number']],
    ['a shorter text', { id: z.string().min(1).max(100) }, ['e: id | narrowed | maxLength was 200 and is 100']],
    ['a longer text', { id: z.string().min(1).max(300) }, ['e: id | widened | maxLength was 200 and is 300']],
    ['a bound that is new', { comment: z.string().max(9).optional() }, ['e: comment | narrowed | maxLength was not set and is 9']],
    ['an empty text', { id: z.string().max(200) }, ['e: id | widened | minLength was 1 and is not set']],
    ['a pattern', { comment: z.string().regex(/^a/).optional() }, ['e: comment | narrowed | pattern was not set and is ^a']],
    ['a narrower number inside of a list', { scores: z.array(z.object({ value: z.number().min(0.5).max(1) })).max(10) }, ['e: scores[].value | narrowed | minimum was 0 and is 0.5']],
    ['a field that is gone inside of a list', { scores: z.array(z.object({})).max(10) }, ['e: scores[].value | removed | readers of it get nothing']],
    ['null that is no longer allowed', { output: z.object({ content: z.string() }) }, ['e: output | narrowed | a variant is gone: {"type":"null"}']],
    ['null that is newly allowed', { id: z.string().min(1).max(200).nullable() }, ['e: id | widened | a variant is new: {"type":"null"}']],
    ['shorter names of a record', { attributes: z.record(z.string().max(4), z.union([z.string(), z.number()])).optional() }, ['e: attributes (names) | narrowed | maxLength was 40 and is 4']],
    ['another kind of value in a record', { attributes: z.record(z.string().max(40), z.union([z.string(), z.number(), z.boolean()])).optional() }, ['e: attributes.* | widened | a variant is new: {"type":"boolean"}']],
  ])('tell of %s', (_, fields, expected) => expect(changesTo(fields)).toEqual(expected));

  it('tell of fields that are gone, and of further fields that are refused', () => {
    expect(schemaChanges(jsonOf(released), jsonOf(released.omit({ comment: true })), 'e: ')).toEqual([{ at: 'e: comment', kind: 'removed', what: 'readers of it get nothing' }]);
    expect(schemaChanges(jsonOf(released), jsonOf(released.strict()), 'e: ')).toEqual([{ at: 'e: ', kind: 'narrowed', what: 'further fields are refused now' }]);
    expect(schemaChanges(jsonOf(released.strict()), jsonOf(released.extend({ a: z.string().optional() }).strict()), 'e: ')).toEqual([{ at: 'e: a', kind: 'widened', what: 'readers of the last release refuse further fields' }]);
  });

  it('are told of the variant that they are in', () => {
    const steps = (fields: z.ZodRawShape): JsonSchema => jsonOf(z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), x: z.string() }), z.object({ kind: z.literal('b'), ...fields })]));
    expect(schemaChanges(steps({ y: z.string() }), steps({ y: z.string(), z: z.string().optional() }), 'e: ')).toEqual([]);
    expect(schemaChanges(steps({ y: z.string() }), steps({}), 'e: ')).toEqual([{ at: 'e: y', kind: 'removed', what: 'readers of it get nothing' }]);
  });

  it('are not waved through where a keyword is not understood', () => {
    expect(() => schemaChanges({ type: 'string' }, { type: 'string', not: { const: 'a' } }, 'e: ')).toThrow('changes of the keyword not are not understood');
  });
});
