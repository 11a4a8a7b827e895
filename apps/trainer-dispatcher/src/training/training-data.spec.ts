import { describe, expect, it } from '@jest/globals';
import { chosenPreferenceRowSchema, openAiPreferenceRowSchema } from '@ratchet/domain';
import { example } from './spec-support/orders.js';
import { hashOfFiles, preferencePairs, programFiles, providerFile } from './training-data.js';

const lines = (text: string | undefined): unknown[] => (text ?? '').split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown);
const pair = example('p', { rejectedOutput: 'wrong' });

describe('preference pairs', () => {
  it('are of examples whose failed answer is known and is another', () => {
    expect(preferencePairs([example('none'), example('same', { rejectedOutput: ' answer same ' }), example('blank', { rejectedOutput: ' ' }), pair])).toEqual([{ input: 'question p', preferred: 'answer p', rejected: 'wrong' }]);
  });

  it('have the form that is published for each kind of file', () => {
    const data = { train: [pair], retained: [] };
    for (const row of lines(providerFile(data, { trainer: 'openai', method: 'dpo' }))) expect(openAiPreferenceRowSchema.safeParse(row).error).toBeUndefined();
    for (const row of lines(programFiles(data)['preferences.jsonl'])) expect(chosenPreferenceRowSchema.safeParse(row).error).toBeUndefined();
  });
});

describe('the files of a program', () => {
  it('hold new and retained examples apart, with what is known of each', () => {
    const files = programFiles({ train: [example('b'), example('a', { category: 'billing', difficulty: 'hard' })], retained: [example('old')] });
    expect(lines(files['examples.jsonl'])).toEqual([
      { id: 'a', messages: [{ role: 'user', content: 'question a' }, { role: 'assistant', content: 'answer a' }], category: 'billing', difficulty: 'hard', weight: 0.9 },
      { id: 'b', messages: [{ role: 'user', content: 'question b' }, { role: 'assistant', content: 'answer b' }], weight: 0.9 },
    ]);
    expect(lines(files['retention.jsonl'])).toMatchObject([{ id: 'old' }]);
    expect(files).not.toHaveProperty('preferences.jsonl');
  });

  it('have a hash that does not depend on the order of the examples', () => {
    const [a, b] = [example('a'), example('b')];
    expect(hashOfFiles(programFiles({ train: [a, b], retained: [] }))).toBe(hashOfFiles(programFiles({ train: [b, a], retained: [] })));
    expect(hashOfFiles(programFiles({ train: [a], retained: [] }))).not.toBe(hashOfFiles(programFiles({ train: [a, b], retained: [] })));
  });
});
