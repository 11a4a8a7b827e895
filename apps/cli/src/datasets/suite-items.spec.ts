import { describe, expect, it } from '@jest/globals';
import { parseSuiteItems } from './suite-items.js';

const general = { source: 'suite.jsonl', purpose: 'general_suite' } as const;
const lines = (...values: object[]): string => values.map((value) => JSON.stringify(value)).join('\n');

describe('parseSuiteItems', () => {
  it('takes the question from input, text or messages', () => {
    const messages = [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'c' },
      { role: 'assistant', content: 'C' },
    ];
    const items = parseSuiteItems(lines({ id: 1, input: 'a', output: 'A', category: 'x' }, { id: 'two', text: 'b', output: 'B' }, { id: 'three', messages }), general);
    expect(items).toEqual([
      { id: '1', input: 'a', output: 'A', category: 'x' },
      { id: 'two', input: 'b', output: 'B' },
      { id: 'three', input: 'c', output: 'C' },
    ]);
  });

  it('gives a line without an id one from its content, and keeps one of two equal lines', () => {
    const items = parseSuiteItems(lines({ input: 'a', output: 'A' }, { input: 'a', output: 'A' }, { input: 'b', output: 'A' }), general);
    expect(items.map(({ input }) => input)).toEqual(['a', 'b']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(2);
  });

  it('needs no answer in a safety suite, and one in every other', () => {
    expect(parseSuiteItems(lines({ id: 's', input: 'a' }), { ...general, purpose: 'safety_suite' })).toEqual([{ id: 's', input: 'a', output: '' }]);
    expect(() => parseSuiteItems(lines({ id: 's', input: 'a' }), general)).toThrow(/suite.jsonl, line 1: has no "output"/);
  });

  it('takes checks and scorers, and then needs no expected answer', () => {
    const check = { kind: 'max_words', words: 20 } as const;
    const scorer = { kind: 'regex', pattern: '^A' } as const;
    expect(parseSuiteItems(lines({ id: 1, input: 'a', check }, { id: 2, input: 'b', scorer }, { id: 3, input: 'c', output: 'C', scorer: { kind: 'similarity' } }), general)).toEqual([
      { id: '1', input: 'a', output: '', check }, { id: '2', input: 'b', output: '', scorer }, { id: '3', input: 'c', output: 'C', scorer: { kind: 'similarity' } },
    ]);
    expect(() => parseSuiteItems(lines({ input: 'a', check }), { ...general, purpose: 'safety_suite' })).toThrow(/line 1: has a "check" or "scorer".*--suite general/u);
  });

  it.each([
    ['a scorer that there is not', lines({ input: 'a', output: 'A' }, { input: 'a', output: 'A', scorer: { kind: 'vote' } }), /suite.jsonl, line 2: expected .*scorer/],
    ['a check without its number', lines({ input: 'a', check: { kind: 'max_words' } }), /line 1: expected .*check.words/],
    ['a scorer that needs an answer, without one', lines({ input: 'a', scorer: { kind: 'exact' } }), /line 1: has no "output".*"check"/],
    ['an id with two checks', lines({ id: 'x', input: 'a', check: { kind: 'json' } }, { id: 'x', input: 'a', check: { kind: 'not_refused' } }), /line 2: id "x" is already on line 1/],
    ['no question', lines({ input: 'a', output: 'A' }, { output: 'A' }), /line 2: has no question/],
    ['several questions', lines({ messages: [{ role: 'user', content: 'a' }, { role: 'user', content: 'b' }], output: 'A' }), /line 1: has several user messages/],
    ['an id that stands for two things', lines({ id: 'x', input: 'a', output: 'A' }, { id: 'x', input: 'b', output: 'A' }), /line 2: id "x" is already on line 1/],
    ['text in place of an object', '"hello"', /line 1: expected/],
    ['what no event can carry', lines({ input: 'a', output: 'A' }, { input: 'b', scorer: { kind: 'json_schema', schema: { description: 'x'.repeat(300_000) } } }), /line 2: is longer than 300000 characters/],
    ['nothing at all', '\n', /has no items/],
  ])('refuses %s by its line', (_, content, message) => {
    expect(() => parseSuiteItems(content, general)).toThrow(message);
  });
});
