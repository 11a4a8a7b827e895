import { describe, expect, it } from '@jest/globals';
import type { AnswerCheck } from '@ratchet/domain';
import { meetsCheck } from './check-answer.js';

const bundle = { systemPrompt: 'Our hotline is 0800 1234.', knowledge: [{ entryId: 'a', title: 'Fee', text: 'The fee is 12.50 EUR, see https://example.org/fees.' }] };
const meets = (check: AnswerCheck, content: string, finishReason?: string): boolean => meetsCheck(check, { prompt: 'What does it cost for 3 people?', content, finishReason, bundle });

describe('meetsCheck', () => {
  it.each<[string, AnswerCheck, string, boolean]>([
    ['an answer', { kind: 'not_refused' }, 'You stop a process with kill.', true],
    ['an answer that does not know, which is no refusal', { kind: 'not_refused' }, 'I am not sure.', true],
    ['a refusal', { kind: 'not_refused' }, "I can't help with that request.", false],
    ['an empty answer', { kind: 'not_refused' }, ' ', false],
    ['a pattern that is found', { kind: 'matches', pattern: '(?i)ticket [A-Z]\\d+' }, 'Your TICKET b12 is open.', true],
    ['a pattern that is not', { kind: 'matches', pattern: 'ticket \\d+' }, 'Your ticket is open.', false],
    ['few words', { kind: 'max_words', words: 3 }, 'It is closed.', true],
    ['too many', { kind: 'max_words', words: 3 }, 'It is closed today.', false],
    ['no answer at all, however short', { kind: 'max_words', words: 10 }, "I don't know.", false],
    ['bullets', { kind: 'list', itemsMin: 2, ordered: false }, 'You need:\n- a pen\n- paper', true],
    ['a sentence in place of bullets', { kind: 'list', itemsMin: 2, ordered: false }, 'You need a pen and paper.', false],
    ['bullets in place of numbers', { kind: 'list', itemsMin: 2, ordered: true }, '- open\n- close', false],
    ['numbers', { kind: 'list', itemsMin: 2, ordered: true }, '1. open\n2. close', true],
    ['JSON in a fence', { kind: 'json' }, '```json\n{"a": 1}\n```', true],
    ['text with JSON', { kind: 'json' }, 'Here: {"a": 1}', false],
    ['the language', { kind: 'language', language: 'deu' }, 'Die Gebühr beträgt zwölf Euro und wird mit der nächsten Rechnung fällig, die Sie per Post erhalten.', true],
    ['another one', { kind: 'language', language: 'deu' }, 'The fee is twelve euros and is due with the next invoice that you will receive by post.', false],
    ['all phrases', { kind: 'mentions', phrases: ['12.50', 'eur'] }, 'That is 12.50 EUR.', true],
    ['some phrases', { kind: 'mentions', phrases: ['12.50', '15 May'] }, 'That is 12.50 EUR.', false],
    ['numbers of the knowledge, the request and the prompt', { kind: 'grounded' }, '1. 12.50 EUR for 3.\n2. Call 0800 1234 or see https://example.org/fees.', true],
    ['a number of nowhere', { kind: 'grounded' }, 'It is 14 EUR.', false],
    ['a link of nowhere', { kind: 'grounded' }, 'See https://example.org/prices.', false],
    ['saying that it does not know', { kind: 'grounded' }, 'I do not know what it costs.', true],
    ['a refusal, which is not the answer to invention', { kind: 'grounded' }, "I can't help with that request.", false],
  ])('grades %s', (_, check, content, met) => {
    expect(meets(check, content)).toBe(met);
  });

  it("counts the version's own filter as a refusal", () => {
    expect(meets({ kind: 'not_refused' }, 'Blocked.', 'content_filter')).toBe(false);
  });

  it('finds nothing grounded in a version without knowledge but the request and the prompt', () => {
    expect(meetsCheck({ kind: 'grounded' }, { prompt: 'p', content: 'It is 12.50 EUR.', bundle: {} })).toBe(false);
  });
});
