import { describe, expect, it } from '@jest/globals';
import { answerId, hashExamples, isOutOfScope, parseChatExamples } from './training-example.js';

const line = (fields: object): string => JSON.stringify(fields);
const messages = [{ role: 'user', content: 'hello' }, { role: 'assistant', content: 'Hi!' }];

describe('parseChatExamples', () => {
  it('reads chat examples with their extras, and skips blank lines and system messages', () => {
    const text = [line({ id: 7, messages, category: 'chat', difficulty: 'hard', weight: 2 }), '', line({ messages: [{ role: 'system', content: 's' }, ...messages] })].join('\n');
    expect(parseChatExamples({ text, source: 'f' })).toEqual([
      { id: '7', input: 'hello', output: 'Hi!', category: 'chat', difficulty: 'hard', weight: 2 },
      { input: 'hello', output: 'Hi!' },
    ]);
  });

  it.each([
    ['not JSON', '{', /not a JSON object/u],
    ['no messages', line({ text: 'x' }), /`messages` must be a list/u],
    ['no assistant', line({ messages: [messages[0], messages[0]] }), /last message must be/u],
    ['an empty user message', line({ messages: [{ role: 'user', content: ' ' }, messages[1]] }), /before the last/u],
    ['a bad difficulty', line({ messages, difficulty: 'extreme' }), /easy, medium, hard/u],
    ['a bad weight', line({ messages, weight: -1 }), /`weight`/u],
  ])('names the line of a bad example: %s', (_name, bad, problem) => {
    const parse = (): unknown => parseChatExamples({ text: `${line({ messages })}\n${bad}\n`, source: 'examples.jsonl' });
    expect(parse).toThrow(problem);
    expect(parse).toThrow(/^examples\.jsonl, line 2: /u);
  });

  it('refuses a file without examples', () => {
    expect(() => parseChatExamples({ text: '\n', source: 'empty.jsonl' })).toThrow(/holds no examples/u);
  });
});

describe('answers', () => {
  it('have one id for one text, whatever the space around it', () => {
    expect(answerId(' Yes. ')).toBe(answerId('Yes.'));
    expect(answerId('Yes.')).not.toBe(answerId('No.'));
  });

  it('mean "I don\'t know" by their text or by their category', () => {
    const fallbackAnswer = "I don't know.";
    expect(isOutOfScope({ example: { input: 'x', output: "I don't KNOW." }, fallbackAnswer })).toBe(true);
    expect(isOutOfScope({ example: { input: 'x', output: 'Ask elsewhere', category: 'out_of_scope' }, fallbackAnswer })).toBe(true);
    expect(isOutOfScope({ example: { input: 'x', output: 'Yes', category: 'orders' }, fallbackAnswer })).toBe(false);
  });

  it('hash by what is learnt, not by id', () => {
    const example = { input: 'a', output: 'b' };
    expect(hashExamples([{ id: '1', ...example }])).toBe(hashExamples([example]));
    expect(hashExamples([{ ...example, weight: 2 }])).not.toBe(hashExamples([example]));
  });
});
