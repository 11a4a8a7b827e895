import { describe, expect, it } from '@jest/globals';
import type { Example } from '@ratchet/domain';
import { trainingFile } from './training-file.js';

const example = (exampleId: string, input: string): Example => ({
  exampleId,
  input,
  output: 'an answer',
  source: 'user_correction',
  split: 'train',
  confidence: 0.9,
  lineage: { interactionIds: [] },
});

describe('trainingFile', () => {
  it('is the same text whatever the order of the examples', () => {
    expect(trainingFile([example('b', 'two'), example('a', 'one')], 'embedded')).toBe(trainingFile([example('a', 'one'), example('b', 'two')], 'embedded'));
  });

  it('is one chat a line, with line breaks of the users kept inside', () => {
    const lines = trainingFile([example('a', 'line one\nline two')], 'embedded').split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ messages: [{ role: 'user', content: 'line one\nline two' }, { role: 'assistant', content: 'an answer' }], weight: 0.9 });
  });

  it('has nothing but the messages for a trainer like OpenAI', () => {
    expect(JSON.parse(trainingFile([{ ...example('a', 'one'), category: 'c', difficulty: 'hard' }], 'openai'))).toEqual({ messages: [{ role: 'user', content: 'one' }, { role: 'assistant', content: 'an answer' }] });
  });
});
